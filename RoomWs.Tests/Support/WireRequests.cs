using System.Text.Json;
using RoomWs.Tests.Documentation;

namespace RoomWs.Tests.Support;

/// <summary>Requests to a server that is a process of its own, one at a time on a socket.</summary>
internal static class WireRequests
{
    /// <summary>Sends a request and gives its reply; the events that come before it are lost, or kept in <paramref name="events"/>.</summary>
    public static async Task<JsonElement> AskAsync(this WireSocket socket, object request, string? key = null, ICollection<JsonElement>? events = null)
    {
        var message = JsonSerializer.SerializeToNode(request)!.AsObject();
        message["correlationId"] = 1;
        if (key is not null) message["idempotencyKey"] = key;
        await socket.SendAsync(message.ToJsonString());
        while (true)
        {
            var text = await socket.ReceiveAsync();
            if (text.StartsWith("close", StringComparison.Ordinal)) throw new InvalidOperationException($"The server said {text}.");
            using var document = JsonDocument.Parse(text);
            var frame = document.RootElement.Clone();
            if (frame.Has("correlationId")) return frame;
            events?.Add(frame);
        }
    }
}
