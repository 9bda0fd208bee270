using RoomWs.Protocol;
using RoomWs.Protocol.Members;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Documentation;

/// <summary>The table of commands in protocol.md, made from the server's commands and what their contracts declare.</summary>
internal static class CommandTableText
{
    private const string Begin = "<!-- commands:begin (generated from the code; CONTRIBUTING.md says how) -->\n";
    private const string End = "<!-- commands:end -->\n";

    /// <summary>The page with the table as it has to be.</summary>
    public static string PutInto(string page)
    {
        var begin = page.IndexOf(Begin, StringComparison.Ordinal);
        var end = page.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin) throw new FormatException($"protocol.md has no place for the table of commands, between {Begin.Trim()} and {End.Trim()}.");
        return page[..(begin + Begin.Length)] + string.Concat(Lines().Select(line => line + "\n")) + page[end..];
    }

    private static IEnumerable<string> Lines() =>
    [
        "| Type | What for | Who | Reply | Events | Errors |",
        "| --- | --- | --- | --- | --- | --- |",
        .. ServerCommands.All.Select(command => Row(command, Contract.Find(command.Type)!)),
    ];

    private static string Row(Command command, Contract contract)
    {
        var request = contract.Request;
        var who = request.Restriction is { } restriction ? $"{Who(command)}; {restriction}" : Who(command);
        var replies = contract.IsSilent ? "none unless refused" : Names(request.Replies, request.RepliesInRow ? ", " : " or ");
        var events = OrNone(string.Join("; ", contract.Tells.Select(tells => $"{Names(tells.Events, ", ")} to {tells.To}")));
        var errors = OrNone(string.Join(", ", request.Errors.Select(code => $"`{Markdown.WireName(code)}`")));
        return $"| {LinkTo(command.Type)} | {request.Purpose} | {who} | {replies} | {events} | {errors} |";
    }

    private static string Who(Command command)
    {
        if (!command.NeedsIdentity) return "anyone";
        if (command.Requires is not { } action || RoomPermissions.Allow(role: null, action)) return "any user";

        RoomRole[] roles = [.. RoomPermissions.RolesThatMay(action)];
        return roles.Length == Enum.GetValues<RoomRole>().Length ? "member" : string.Join(", ", roles.Select(role => role.ToString().ToUpperInvariant()));
    }

    private static string LinkTo(string type)
    {
        var anchor = type.ToLowerInvariant();
        string[] pages = [.. ProtocolDocument.Pages.Where(page => Markdown.Anchors(Repository.Read(page)).Contains(anchor, StringComparer.Ordinal))];
        return pages is [var page] ? $"[`{type}`]({page}#{anchor})" : throw new FormatException($"{type} has to be the heading of one section in docs/protocol/; it is of {pages.Length}.");
    }

    private static string Names(IEnumerable<Type> messages, string separator) => string.Join(separator, messages.Select(message => $"`{MessageAttribute.Of(message).Type}`"));

    private static string OrNone(string cell) => cell.Length > 0 ? cell : "none";
}
