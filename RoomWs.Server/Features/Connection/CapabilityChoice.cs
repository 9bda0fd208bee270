using RoomWs.Protocol.Connection;
using RoomWs.Server.Fanout;
using RoomWs.Server.Sessions;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.Connection;

/// <summary>Switches a connection to the capabilities that its HELLO names. Unknown names are ignored.</summary>
internal sealed class CapabilityChoice(WriteQueue writes, Broadcaster broadcaster)
{
    /// <summary>Completes when they are in use. A HELLO without capabilities keeps those of an earlier one.</summary>
    public async Task TakeOnAsync(ClientConnection connection, IReadOnlyList<string>? named)
    {
        if (named is null) return;
        var takesDeltas = named.Contains(Capability.MemberDeltas, StringComparer.Ordinal);
        if (takesDeltas == connection.TakesMemberDeltas) return;

        // In the order of commits, so that the connection gets each change either as a list or as a delta, never both or neither. If the job's
        // batch cannot be committed, nothing changes, and HELLO_ACK shows the old capabilities.
        await writes.RunAsync(static _ => { }, committed: () => broadcaster.SetMemberDeltas(connection, takesDeltas), connection.Identity?.UserId);
    }

    public static IReadOnlyList<string> InUse(ClientConnection connection) => connection.TakesMemberDeltas ? [Capability.MemberDeltas] : [];
}
