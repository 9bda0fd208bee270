using System.Text.Json;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Authority;

/// <summary>A socket in a race: what it will send, and what it has heard, in order.</summary>
internal sealed class RaceSocket(TestClient client)
{
    private const string End = "the end";

    private readonly List<(string Type, object Request)> _plan = [];
    private readonly Dictionary<string, string> _types = new(StringComparer.Ordinal);

    public List<JsonElement> Heard { get; } = [];

    public void Plan(IEnumerable<(string, object)> requests) => _plan.AddRange(requests);

    public void PlanEnd(object request, int at) => _plan.Insert(at, (End, request));

    public async Task SendAsync()
    {
        // Off the caller's thread: the others are to send meanwhile.
        await Task.Yield();
        foreach (var (type, request) in _plan) _types[await client.SendRequestAsync(request)] = type;
    }

    public async Task HearAsync() => Heard.AddRange(await client.TakeAllAsync());

    public async Task HearUntilAsync(Func<JsonElement, bool> isIt)
    {
        do Heard.Add(await client.NextAsync());
        while (!isIt(Heard[^1]));
    }

    /// <summary>The type of the request that a frame is the reply to; null for an event.</summary>
    public string? RequestOf(JsonElement frame) => frame.TryGetProperty("correlationId", out var id) ? _types[id.GetString()!] : null;

    /// <summary>Whether a frame is the reply to the request that was the end.</summary>
    public bool IsEnd(JsonElement frame) => RequestOf(frame) == End;
}
