using System.Text;

namespace RoomWs.Bench.Load;

/// <summary>One request outside the load, and its answer.</summary>
internal sealed class Question : IFrameHandler
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly byte[] _mark;
    private byte[]? _answer;

    private Question(string mark) => _mark = Encoding.UTF8.GetBytes(mark);

    /// <summary>Asks and waits for the message that begins with a type; other messages are passed over. An ERROR ends the measurement.</summary>
    public static byte[] Ask(LoadLoop loop, LoadClient client, string text, string answerType)
    {
        var question = new Question($$"""{"type":"{{answerType}}",""");
        var handler = client.Handler;
        client.Handler = question;
        client.Send(text);
        loop.PumpUntil(() => question._answer is not null, Patience, () => $"There was no {answerType} for {client.User}.");
        client.Handler = handler;
        return question._answer!;
    }

    public void Received(LoadClient client, ReadOnlySpan<byte> payload)
    {
        if (payload.StartsWith("{\"type\":\"ERROR\""u8)) throw new LoadException($"The server refused a request of {client.User}: {Encoding.UTF8.GetString(payload)}");
        if (payload.StartsWith(_mark)) _answer = payload.ToArray();
    }
}
