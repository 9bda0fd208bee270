using FluentAssertions;
using NUnit.Framework;
using RoomWs.Protocol;
using RoomWs.Protocol.Members;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Documentation;

/// <summary>
/// What the contracts declare is true. The examples stand for what the server does, because <see cref="ProtocolExamplesTests"/> plays them
/// against it, frame by frame.
/// </summary>
internal sealed class DeclarationTests
{
    private static readonly ErrorCode[] OfNoCommand = [ErrorCode.ValidationError, ErrorCode.UnknownType];

    private static readonly Type[] Unasked = [.. Contract.Messages.Where(message => message.Value.IsUnasked).Select(message => message.Key)];

    private static readonly ExampleExchange[] Exchanges = [.. ProtocolDocument.Examples.Select(example => new ExampleExchange(example))];

    private static readonly string[] Types = [.. Contract.All.Select(contract => contract.Type)];

    [TestCaseSource(typeof(ProtocolExamplesTests), nameof(ProtocolExamplesTests.Examples))]
    public void An_example_shows_nothing_that_is_not_declared(Example example)
    {
        var exchange = new ExampleExchange(example);

        exchange.Unanswered.Select(sent => $"{sent.Where} {sent.Type}").Should().BeEmpty("every request has a reply");
        foreach (var received in exchange.Received) IsDeclared(received).Should().BeTrue("{0} shows {1} after {2}", received.Where, received.Frame, received.Request?.Type);
    }

    [TestCaseSource(nameof(Types))]
    public void What_is_declared_is_shown_by_an_example(string type)
    {
        var contract = Contract.Find(type)!;
        var shown = Exchanges.SelectMany(exchange => exchange.Received).Where(received => received.Request?.Type == type).ToLookup(received => received.IsReply, received => received.Type);

        contract.Request.Replies.Select(NameOf).Should().BeSubsetOf(shown[true]);
        contract.Events.Select(NameOf).Should().BeSubsetOf(shown[false]);
    }

    [TestCaseSource(nameof(Types))]
    public void The_refusals_of_the_role_rule_and_of_ifVersion_are_declared(string type)
    {
        var contract = Contract.Find(type)!;
        IEnumerable<RoomRole?> callers = [null, .. Enum.GetValues<RoomRole>()];
        var refusals = CommandOf(type).Requires is { } action
            ? callers.Select(caller => RoomPermissions.Refuse(caller, action)?.Code).OfType<ErrorCode>().Append(ErrorCode.NotFound)
            : [];
        if (contract.Record.GetProperty("IfVersion") is not null) refusals = refusals.Append(ErrorCode.Conflict);

        refusals.Should().BeSubsetOf(contract.Request.Errors);
    }

    [TestCaseSource(nameof(Types))]
    public void The_section_of_a_command_lists_the_errors_that_are_declared(string type)
    {
        var contract = Contract.Find(type)!;
        var listed = ErrorsIn(ProtocolDocument.Pages.Select(page => Markdown.Section(Repository.Read(page), type)).OfType<string>().Single()).ToList();

        listed.Should().BeSubsetOf(contract.ErrorsOf(CommandOf(type), isKeyed: false));
        contract.Request.Errors.Should().BeSubsetOf(listed);
    }

    private static bool IsDeclared(Received received)
    {
        var (request, type) = (received.Request, received.Type);
        if (!received.IsReply) return !received.Frame.TryGetProperty("correlationId", out _) && Contract.IsOneOf(type, [.. Unasked, .. request?.Contract?.Events ?? []]);
        if (type != MessageTypes.Error) return request!.CanBeRepliedToBy(type);

        var errors = request!.Contract is { } contract ? contract.ErrorsOf(CommandOf(contract.Type), request.IsKeyed) : OfNoCommand;
        return errors.Select(Markdown.WireName).Contains(received.Frame.GetProperty("code").GetString());
    }

    private static Command CommandOf(string type) => ServerCommands.All.Single(command => command.Type == type);

    private static string NameOf(Type message) => Contract.Messages[message].Type;

    private static IEnumerable<ErrorCode> ErrorsIn(string section)
    {
        string[] paragraphs = [.. Markdown.Paragraphs(section).Where(paragraph => paragraph.StartsWith("Errors:", StringComparison.Ordinal))];
        return Enum.GetValues<ErrorCode>().Where(code => paragraphs.Any(paragraph => paragraph.Contains($"`{Markdown.WireName(code)}`", StringComparison.Ordinal)));
    }
}
