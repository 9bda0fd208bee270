using RoomWs.Tests.Documentation;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Nodes;

/// <summary>Asks one node what there is.</summary>
internal sealed class NodeReader(ServerNode node, string user) : IDisposable
{
    private WireSocket? _socket;

    /// <summary>All messages of a room, in the order in which the node gives them.</summary>
    public async Task<List<KeyValuePair<long, string>>> HistoryAsync(string roomId)
    {
        var socket = await SocketAsync();
        var messages = new List<KeyValuePair<long, string>>();
        var hasMore = true;
        while (hasMore)
        {
            var page = await socket.AskAsync(new { type = "ROOM_HISTORY", roomId, afterSeq = messages.Count == 0 ? 0 : messages[^1].Key, limit = 200 });
            messages.AddRange(page.GetProperty("messages").EnumerateArray().Select(message => KeyValuePair.Create(message.Number("seq"), message.Text("content"))));
            hasMore = page.GetProperty("hasMore").GetBoolean();
        }

        return messages;
    }

    public async Task<(long Version, string Name)> RoomAsync(string roomId)
    {
        var room = (await (await SocketAsync()).AskAsync(new { type = "ROOM_INFO", roomId })).Room();
        return (room.Version(), room.Meta().Text("name"));
    }

    public void Dispose() => _socket?.Dispose();

    private async Task<WireSocket> SocketAsync() => _socket ??= await WireSocket.ConnectAsync(new Uri($"{node.Url}?user={user}"));
}
