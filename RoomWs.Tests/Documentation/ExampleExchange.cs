using System.Text.Json;
using RoomWs.Protocol;

namespace RoomWs.Tests.Documentation;

/// <summary>A request of an example.</summary>
/// <param name="Where">The file and the line.</param>
/// <param name="Type">Its type; empty where it is no JSON.</param>
/// <param name="CorrelationId">As it stands in the text; null where it has none.</param>
/// <param name="IsKeyed">Whether it has an idempotencyKey.</param>
/// <param name="Contract">What its type declares; null where there is no such type.</param>
internal sealed record Sent(string Where, string Type, string? CorrelationId, bool IsKeyed, Contract? Contract)
{
    public bool CanBeRepliedToBy(string type) => type == MessageTypes.Error || (Contract is not null && Contract.IsOneOf(type, Contract.Request.Replies));

    /// <summary>Whether a reply of this type is the last one.</summary>
    public bool IsDoneBy(string type) =>
        type == MessageTypes.Error || Contract is not { Request.RepliesInRow: true } || MessageAttribute.Of(Contract.Request.Replies[^1]).Type == type;
}

/// <summary>A frame that a socket of an example receives.</summary>
/// <param name="Where">The file and the line.</param>
/// <param name="Frame">The frame.</param>
/// <param name="Type">Its type.</param>
/// <param name="Request">The request that it replies to; of an event, the last one that any socket sent before it.</param>
/// <param name="IsReply">Whether it is a reply.</param>
internal sealed record Received(string Where, JsonElement Frame, string Type, Sent? Request, bool IsReply);

/// <summary>
/// Which frame of an example is the reply to which request, by the rules of protocol.md: replies come in the order of their requests and with
/// their correlationIds.
/// </summary>
internal sealed class ExampleExchange
{
    /// <summary>The requests of each open socket that have had no reply, the oldest first.</summary>
    private readonly Dictionary<string, List<Sent>> _waiting = new(StringComparer.Ordinal);

    private readonly List<Received> _received = [];
    private Sent? _last;

    public ExampleExchange(Example example)
    {
        foreach (var step in example.Steps) Take(step);
    }

    public IReadOnlyList<Received> Received => _received;

    /// <summary>What the example shows no reply to, though there has to be one.</summary>
    public IEnumerable<Sent> Unanswered => _waiting.Values.SelectMany(sent => sent).Where(sent => sent.Contract is not { IsSilent: true });

    private void Take(Step step)
    {
        if (!_waiting.TryGetValue(step.Socket, out var waiting)) waiting = _waiting[step.Socket] = [];
        switch (step.Kind)
        {
            case StepKind.Sends:
                waiting.Add(_last = Read(step));
                break;
            case StepKind.Receives when step.Text.StartsWith('{'):
                var frame = JsonElement.Parse(step.Text);
                var type = frame.GetProperty("type").GetString()!;
                var request = TakeRequest(waiting, type, IdOf(frame));
                _received.Add(new Received(step.Where, frame, type, request ?? _last, IsReply: request is not null));
                break;
            case StepKind.Receives or StepKind.Disconnects:
                _waiting.Remove(step.Socket);
                break;
        }
    }

    /// <summary>The request that a frame is the reply to; null where it is none.</summary>
    private static Sent? TakeRequest(List<Sent> waiting, string type, string? correlationId)
    {
        for (var i = 0; i < waiting.Count; i++)
        {
            var request = waiting[i];
            if (request.CorrelationId == correlationId && (correlationId is not null || request.CanBeRepliedToBy(type)))
            {
                waiting.RemoveRange(0, request.IsDoneBy(type) ? i + 1 : i);
                return request;
            }

            // Only one that succeeds in silence can be passed over.
            if (request.Contract is not { IsSilent: true }) return null;
        }

        return null;
    }

    private static Sent Read(Step step)
    {
        if (!step.Text.StartsWith('{')) return new Sent(step.Where, "", CorrelationId: null, IsKeyed: false, Contract: null);

        var frame = JsonElement.Parse(step.Text);
        var type = frame.GetProperty("type").GetString()!;
        return new Sent(step.Where, type, IdOf(frame), frame.TryGetProperty("idempotencyKey", out _), Contract.Find(type));
    }

    private static string? IdOf(JsonElement frame) => frame.TryGetProperty("correlationId", out var id) ? id.GetRawText() : null;
}
