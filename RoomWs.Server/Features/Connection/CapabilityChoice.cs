using RoomWs.Protocol.Connection;
using RoomWs.Server.Fanout;
using RoomWs.Server.Sessions;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.Connection;

/// <summary>Takes on, for a connection, those of the capabilities that a HELLO names that the server knows.</summary>
internal sealed class CapabilityChoice(WriteQueue writes, Broadcaster broadcaster)
{
    /// <summary>Ends when they are in use. Where no capabilities are named, those of an earlier HELLO hold on.</summary>
    public async Task TakeOnAsync(ClientConnection connection, IReadOnlyList<string>? named)
    {
        if (named is null) return;
        var takesDeltas = named.Contains(Capability.MemberDeltas, StringComparer.Ordinal);
        if (takesDeltas == connection.TakesMemberDeltas) return;

        // In its turn among the changes, so that the connection hears of each in one way or the other. Where the turn is lost with a batch
        // that could not be committed, all stays as it was, and HELLO_ACK says so.
        await writes.RunAsync(static _ => { }, committed: () => broadcaster.SetMemberDeltas(connection, takesDeltas));
    }

    public static IReadOnlyList<string> InUse(ClientConnection connection) => connection.TakesMemberDeltas ? [Capability.MemberDeltas] : [];
}
