using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using RoomWs.Tests.Documentation;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Crashes;

/// <summary>
/// Two users, each on a socket of its own, who do one thing after another and know what was acknowledged. Nobody else acts in their
/// room, so at every moment it can be in one of two states: with the last thing they asked for, or without. Outlives servers.
/// </summary>
internal sealed class CrashPair(string name, int seed)
{
    private readonly PairSteps _steps = new(name, new Random(seed));
    private WireSocket _first = null!;
    private WireSocket _second = null!;

    public string Name => name;

    public string First => _steps.First;

    /// <summary>With all that was acknowledged.</summary>
    public PairState State { get; private set; } = new();

    /// <summary>What was sent and not answered.</summary>
    public PairStep? Unanswered { get; private set; }

    /// <summary>The number that the n-th message in the shared room got, as far as it was told.</summary>
    public List<long> SharedSeqs { get; } = [];

    /// <summary>The kinds of requests that were acknowledged.</summary>
    public HashSet<string> Kinds { get; } = new(StringComparer.Ordinal);

    public Task ConnectAsync(string url) => ConnectAsync(url, url);

    /// <summary>Connects each of the two to a node of its own.</summary>
    public async Task ConnectAsync(string first, string second)
    {
        _first = await WireSocket.ConnectAsync(new Uri($"{first}?user={_steps.First}"));
        _second = await WireSocket.ConnectAsync(new Uri($"{second}?user={_steps.Second}"));
    }

    public void Disconnect()
    {
        _first.Dispose();
        _second.Dispose();
    }

    /// <summary>Does one thing after another until the server is gone, or it is told to stop, and reports each acknowledgement.</summary>
    public async Task ActUntilTheEndAsync(Action acknowledged, Func<bool>? isToStop = null)
    {
        try
        {
            while (isToStop?.Invoke() != true)
            {
                Unanswered = _steps.Next(State);
                Acknowledge(await AskAsync(Unanswered));
                acknowledged();
            }
        }
        catch (Exception gone) when (gone is WebSocketException or IOException)
        {
            // The server was killed.
        }
    }

    /// <summary>Sends what was not answered once more, twice over, under the same key.</summary>
    public async Task RetryAsync()
    {
        if (Unanswered is not { } step) return;
        var reply = await AskAsync(step);
        var again = await AskAsync(step);
        // A code is shown once, and a room as it is by then; all else is the same.
        if (step.Type != "ROOM_INVITE_CREATE" && Kept(again) != Kept(reply)) throw new InvalidOperationException($"{again} instead of {reply}");
        Acknowledge(reply);
    }

    /// <summary>What of a reply is the same whenever it is given again: all but the room, which others change meanwhile.</summary>
    private static string Kept(JsonElement reply)
    {
        var kept = JsonObject.Create(reply)!;
        foreach (var field in (string[])["room", "roomInfo", "members", "roles", "version", "updatedAt", "name", "thumbnailUrl"]) kept.Remove(field);
        return kept.ToJsonString();
    }

    /// <summary>The room as its owner is shown it, next to what it has to be.</summary>
    public async Task<(string Shown, string Expected)> LookAsync()
    {
        if (State.Own is not { } own) return ("", "");
        var reply = await RequestAsync(own.Owner, new { type = "ROOM_INFO", roomId = own.Id });
        var room = reply.GetProperty("room");
        return ($"v{room.Version()} {room.Roster()}", $"v{own.Room.Version} {own.Room.Roster}");
    }

    private void Acknowledge(JsonElement reply)
    {
        var step = Unanswered!;
        if (step.After.SharedMessages > State.SharedMessages) SharedSeqs.Add(reply.Number("seq"));
        State = step.Learn(step.After, reply) with { Done = State.Done + 1 };
        Kinds.Add(step.Type);
        Unanswered = null;
    }

    private async Task<JsonElement> AskAsync(PairStep step)
    {
        var reply = await RequestAsync(step.User, step.Request, key: State.Done + 1);
        return reply.Code() is null ? reply : throw new InvalidOperationException($"{JsonSerializer.Serialize(step.Request)} of {step.User} got {reply} at {State}");
    }

    private Task<JsonElement> RequestAsync(string user, object request, int? key = null) =>
        (user == First ? _first : _second).AskAsync(request, key?.ToString(CultureInfo.InvariantCulture));
}
