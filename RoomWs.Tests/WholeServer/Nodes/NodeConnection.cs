using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using RoomWs.Tests.Documentation;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Nodes;

/// <summary>One connection of a client, which is read all the time, and ends when the node or the way to it does. Requests one at a time.</summary>
internal sealed class NodeConnection : IDisposable
{
    private readonly WireSocket _socket;
    private readonly Action<JsonElement> _take;
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<JsonElement>? _reply;
    private int _requests;
    private string? _correlationId;
    private string? _last;

    private NodeConnection(WireSocket socket, Action<JsonElement> take)
    {
        (_socket, _take) = (socket, take);
        _ = ReadAsync();
    }

    /// <summary>How it ended, such as <c>close 1012</c>, when it has.</summary>
    public Task<string> Ended => _ended.Task;

    /// <summary>Connects.</summary>
    /// <param name="url">Where.</param>
    /// <param name="user">As whom.</param>
    /// <param name="take">Called with each frame, in their order.</param>
    /// <returns>Null where the node does not take it.</returns>
    public static async Task<NodeConnection?> TryOpenAsync(string url, string user, Action<JsonElement> take)
    {
        try
        {
            return new NodeConnection(await WireSocket.OpenAsync(new Uri($"{url}?user={user}")), take);
        }
        catch (Exception refused) when (refused is WebSocketException or IOException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Sends a request and gives the last message of its reply; null where the connection has ended before it came.</summary>
    /// <param name="request">The request.</param>
    /// <param name="last">The type of the last message, where there are several.</param>
    public async Task<JsonElement?> AskAsync(JsonObject request, string? last = null)
    {
        var reply = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _reply, reply);
        (_correlationId, _last) = ((++_requests).ToString(CultureInfo.InvariantCulture), last);
        request["correlationId"] = _correlationId;
        try
        {
            await _socket.SendAsync(request.ToJsonString());
        }
        catch (Exception lost) when (IsLoss(lost))
        {
            return null;
        }

        return await Task.WhenAny(reply.Task, Ended) == reply.Task ? await reply.Task : null;
    }

    /// <summary>Ends it as the loss of a network does.</summary>
    public void Dispose() => _socket.Dispose();

    private async Task ReadAsync()
    {
        try
        {
            while (await _socket.ReceiveAsync() is var text)
            {
                if (text.StartsWith("close", StringComparison.Ordinal))
                {
                    _ended.SetResult(text);
                    return;
                }

                using var document = JsonDocument.Parse(text);
                Take(document.RootElement.Clone());
            }
        }
        catch (Exception lost) when (IsLoss(lost))
        {
            _ended.SetResult(lost.Message);
        }
        catch (Exception fault)
        {
            _ended.SetException(fault);
        }
    }

    private void Take(JsonElement frame)
    {
        _take(frame);
        if (!frame.Has("correlationId") || frame.Text("correlationId") != _correlationId) return;
        if (_last is null || frame.Type() == _last || frame.Code() is not null) Volatile.Read(ref _reply)!.TrySetResult(frame);
    }

    private static bool IsLoss(Exception exception) => exception is WebSocketException or IOException or ObjectDisposedException or OperationCanceledException;
}
