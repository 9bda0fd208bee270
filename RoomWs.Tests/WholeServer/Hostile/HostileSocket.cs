using System.Globalization;
using System.Text;
using System.Text.Json;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Hostile;

/// <summary>Sends any bytes as text, each message with a PING behind it, whose PONG shows that all that the message led to is here.</summary>
internal sealed class HostileSocket(RawClient raw) : IDisposable
{
    private int _sent;
    private int _heard;

    public static async Task<HostileSocket> OpenAsync(TestServer server, string? userId) =>
        new(await RawClient.OpenAsync(server, userId is null ? "" : $"?user={userId}"));

    public async Task SendAsync(params IEnumerable<(byte[] Message, int Frames)> messages)
    {
        using var bytes = new MemoryStream();
        foreach (var (message, frames) in messages)
        {
            Write(bytes, message, frames);
            bytes.Write(Ping(++_sent));
        }

        await raw.SendAsync(bytes.ToArray());
    }

    /// <summary>Sends one request, and gives what came for it.</summary>
    public async Task<Heard> AskAsync(object request)
    {
        await SendAsync((JsonSerializer.SerializeToUtf8Bytes(request), 1));
        return await HearAsync();
    }

    /// <summary>What came for the next of the messages that were sent.</summary>
    public async Task<Heard> HearAsync()
    {
        var awaited = Id(++_heard);
        var frames = new List<JsonElement>();
        while (true)
        {
            RawFrame frame;
            try
            {
                frame = await raw.ReadFrameAsync();
            }
            catch (IOException)
            {
                // Gone without a close: that is never right.
                return new Heard(frames, Close: 0);
            }

            if (frame.Opcode == 8) return new Heard(frames, frame.CloseCode);
            using var document = JsonDocument.Parse(frame.Payload);
            var message = document.RootElement;
            if (message.Type() == "PONG" && message.TryGetProperty("correlationId", out var id) && id.ValueKind == JsonValueKind.String && id.ValueEquals(awaited)) return new Heard(frames, Close: null);
            frames.Add(message.Clone());
        }
    }

    public void Dispose() => raw.Dispose();

    private static string Id(int number) => string.Create(CultureInfo.InvariantCulture, $"#{number}");

    private static byte[] Ping(int number) => RawClient.Frame(0x81, Encoding.UTF8.GetBytes($$"""{"type":"PING","correlationId":"{{Id(number)}}"}"""));

    private static void Write(MemoryStream bytes, byte[] message, int frames)
    {
        // No piece is empty, which would break a rule of its own.
        frames = Math.Clamp(message.Length, 1, frames);
        for (var i = 0; i < frames; i++)
        {
            var (from, to) = (i * message.Length / frames, (i + 1) * message.Length / frames);
            var firstByte = (i == 0 ? 0x01 : 0x00) | (i == frames - 1 ? 0x80 : 0x00);
            bytes.Write(RawClient.Frame(firstByte, message[from..to]));
        }
    }
}
