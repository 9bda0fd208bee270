using System.Globalization;
using System.Text.Json;
using RoomWs.Tests.Documentation;

namespace RoomWs.Tests.EndToEnd;

/// <summary>
/// A user who renames a room of its own again and again, several requests ahead of the replies, and knows which were answered: the
/// n-th change names the room n. Outlives connections and servers.
/// </summary>
internal sealed class RenamingClient(string userId)
{
    private const int AheadAtMost = 8;

    public string RoomId => $"room-of-{userId}";

    public int Sent { get; private set; }

    public int Acknowledged { get; private set; }

    public async Task CreateRoomAsync(string url)
    {
        using var socket = await ConnectAsync(url);
        await socket.SendAsync($$"""{"type":"ROOM_CREATE","roomId":"{{RoomId}}"}""");
        if (await socket.ReceiveAsync() is var reply && !reply.Contains("ROOM_CREATED", StringComparison.Ordinal)) throw new InvalidOperationException(reply);
    }

    /// <summary>Renames until the connection breaks, and reports each reply.</summary>
    public async Task RenameUntilTheEndAsync(string url, Action acknowledged)
    {
        using var socket = await ConnectAsync(url);
        try
        {
            while (true)
            {
                while (Sent - Acknowledged < AheadAtMost) await SendAsync(socket, ++Sent);
                if (await socket.ReceiveAsync() is var reply && reply != Expected(Acknowledged + 1, reply)) throw new InvalidOperationException(reply);
                Acknowledged++;
                acknowledged();
            }
        }
        catch (Exception gone) when (gone is System.Net.WebSockets.WebSocketException or IOException)
        {
            // The server was killed. What was sent last may have happened or not.
        }
    }

    /// <summary>Sends what was not answered once more, under the same keys.</summary>
    public async Task RetryAsync(string url)
    {
        using var socket = await ConnectAsync(url);
        for (var n = Acknowledged + 1; n <= Sent; n++)
        {
            await SendAsync(socket, n);
            if (await socket.ReceiveAsync() is var reply && reply != Expected(n, reply)) throw new InvalidOperationException(reply);
            Acknowledged = n;
        }
    }

    /// <summary>The room as the server has it: its version and its name.</summary>
    public async Task<(long Version, string Name)> ReadAsync(string url)
    {
        using var socket = await ConnectAsync(url);
        await socket.SendAsync($$"""{"type":"ROOM_INFO","roomId":"{{RoomId}}"}""");
        using var reply = JsonDocument.Parse(await socket.ReceiveAsync());
        var room = reply.RootElement.GetProperty("room");
        return (room.GetProperty("version").GetInt64(), room.GetProperty("meta").GetProperty("name").GetString()!);
    }

    /// <summary>The changes that the server made are the first so many that were sent; the count follows from that.</summary>
    public void TakeAsAnswered(long version) => (Acknowledged, Sent) = ((int)version - 1, (int)version - 1);

    private Task<WireSocket> ConnectAsync(string url) => WireSocket.ConnectAsync(new Uri($"{url}?user={userId}"));

    private Task SendAsync(WireSocket socket, int n) => socket.SendAsync(string.Create(
        CultureInfo.InvariantCulture,
        $$$"""{"type":"ROOM_UPDATE_META","correlationId":{{{n}}},"idempotencyKey":"{{{RoomId}}}-{{{n}}}","roomId":"{{{RoomId}}}","patch":{"name":"{{{n}}}"}}"""));

    /// <summary>The reply to the n-th change; its time is taken from the reply itself.</summary>
    private string Expected(int n, string reply)
    {
        var updatedAt = reply[(reply.LastIndexOf(':') + 1)..^1];
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"type":"ROOM_UPDATED","correlationId":{{n}},"roomId":"{{RoomId}}","patch":{"name":"{{n}}"},"version":{{n + 1}},"updatedAt":{{updatedAt}}}""");
    }
}
