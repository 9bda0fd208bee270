using System.Text;

namespace RoomWs.Bench.Load;

/// <summary>Sends one request outside the load and waits for its reply.</summary>
internal sealed class Question : IFrameHandler
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    private readonly byte[] _mark;
    private byte[]? _answer;

    private Question(string mark) => _mark = Encoding.UTF8.GetBytes(mark);

    /// <summary>Sends a request and waits for a message of the given type. Other messages are ignored; an ERROR ends the measurement.</summary>
    public static byte[] Ask(LoadLoop loop, LoadClient client, string text, string answerType)
    {
        var question = new Question($$"""{"type":"{{answerType}}",""");
        var handler = client.Handler;
        client.Handler = question;
        client.Send(text);
        loop.PumpUntil(() => question._answer is not null, MaxWait, () => $"There was no {answerType} for {client.User}.");
        client.Handler = handler;
        return question._answer!;
    }

    public void Received(LoadClient client, ReadOnlySpan<byte> payload)
    {
        if (payload.StartsWith("{\"type\":\"ERROR\""u8)) throw new LoadException($"The server refused a request of {client.User}: {Encoding.UTF8.GetString(payload)}");
        if (payload.StartsWith(_mark)) _answer = payload.ToArray();
    }
}
