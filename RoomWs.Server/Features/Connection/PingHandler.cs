using RoomWs.Protocol.Connection;
using RoomWs.Server.Dispatch;

namespace RoomWs.Server.Features.Connection;

/// <summary>PING: answers with the server's time.</summary>
internal sealed class PingHandler(TimeProvider time) : IConnectionHandler<Ping>
{
    public ValueTask<Outcome> HandleAsync(Ping command, Request request) =>
        ValueTask.FromResult(Outcome.Answer(new Pong(time.GetUtcNow().ToUnixTimeMilliseconds())));
}
