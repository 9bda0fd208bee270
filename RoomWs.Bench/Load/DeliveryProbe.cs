using System.Diagnostics;

namespace RoomWs.Bench.Load;

/// <summary>
/// One message in flight between two clients, among whatever load there is: when its sender has the answer and the other member of the room, on whatever node, has the
/// message, the next is sent.
/// </summary>
internal sealed class DeliveryProbe : IFrameHandler
{
    /// <summary>The figures of how much later the other member had the messages: of half of them, and of 99 in 100, at most.</summary>
    public const string BehindMedian = "behind_p50_ms";

    public const string BehindMost = "behind_p99_ms";

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);

    private readonly LoadLoop _loop;
    private readonly LoadClient _sender;
    private readonly NumberedMessage _message;
    private readonly Latencies _answers = new();
    private readonly Latencies _behind = new();
    private bool _isOn;
    private int _number;
    private long _sentAt;
    private long _answeredAt;
    private long _deliveredAt;

    /// <summary>Creates the probe, and becomes the handler of both clients.</summary>
    /// <param name="loop">Their loop.</param>
    /// <param name="sender">The client that sends.</param>
    /// <param name="member">The client that gets what is sent.</param>
    /// <param name="text">The message. Its number is in the answer, too.</param>
    public DeliveryProbe(LoadLoop loop, LoadClient sender, LoadClient member, string text)
    {
        (_loop, _sender, _message) = (loop, sender, new NumberedMessage(text));
        (sender.Handler, member.Handler) = (this, this);
    }

    public int Count => _answers.Count;

    public void Start()
    {
        _answers.Clear();
        _behind.Clear();
        _isOn = true;
        Send();
    }

    /// <summary>Waits for the message in flight.</summary>
    /// <returns>How long the answers took, and how much later the other member had the messages. A message may be there before its answer.</returns>
    public Dictionary<string, double> Stop()
    {
        _isOn = false;
        _loop.PumpUntil(() => _answeredAt > 0 && _deliveredAt > 0, MaxWait, () => "A message did not reach a member on another node.");
        return new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["answer_p50_ms"] = _answers.Percentile(0.50),
            ["answer_p99_ms"] = _answers.Percentile(0.99),
            [BehindMedian] = _behind.Percentile(0.50),
            [BehindMost] = _behind.Percentile(0.99),
        };
    }

    public void Received(LoadClient client, ReadOnlySpan<byte> payload)
    {
        if (!NumberedMessage.TryTakeNumber(ref payload, out var number) || number != _number) return;
        if (client == _sender) _answeredAt = Stopwatch.GetTimestamp();
        else _deliveredAt = Stopwatch.GetTimestamp();
        if (_answeredAt == 0 || _deliveredAt == 0) return;

        _answers.Add(Stopwatch.GetElapsedTime(_sentAt, _answeredAt));
        _behind.Add(Stopwatch.GetElapsedTime(_answeredAt, _deliveredAt));
        if (_isOn) Send();
    }

    private void Send()
    {
        (_answeredAt, _deliveredAt, _sentAt) = (0, 0, Stopwatch.GetTimestamp());
        _sender.Send(_message.WithNumber(++_number));
    }
}
