using System.Runtime.InteropServices;
using RoomWs.Server.Model;
using RoomWs.Server.Sessions;
using RoomWs.Server.Transport;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Fanout;

/// <summary>
/// The changes of a room's members that were committed in a row, and that the sockets that take deltas have yet to hear of: in one
/// message, made once for all who have heard of the same. Everything here happens under the room's gate.
/// </summary>
internal sealed class MemberDeltas
{
    private readonly List<RoomSnapshot> _versions = [];

    /// <summary>Of how many of the changes a socket has heard; most have of none.</summary>
    private readonly Dictionary<ClientConnection, int> _heard = [];

    /// <summary>What is left to hear, by how much was heard; void with the next change.</summary>
    private readonly Dictionary<int, MergedChange> _merged = [];

    public void Add(RoomSnapshot after)
    {
        _versions.Add(after);
        _merged.Clear();
    }

    /// <summary>Notes that a socket learns all that there is by another message.</summary>
    public void Skip(ClientConnection connection) => _heard[connection] = _versions.Count;

    /// <summary>What a socket has to hear to be up to date; null where it is. From then on it is.</summary>
    public OutboundMessage? Take(ClientConnection connection)
    {
        var message = For(connection, connection.Caller!.UserId);
        Skip(connection);
        return message;
    }

    /// <summary>Brings all sockets of all members up to date.</summary>
    public void TellAll(ConnectionRegistry connections, SendBatch batch)
    {
        foreach (var userId in _versions[^1].MemberIds)
        {
            foreach (var connection in connections.Of(userId))
            {
                if (connection.TakesMemberDeltas && For(connection, userId) is { } message) connection.Send(message, coalesceKey: null, batch);
            }
        }
    }

    private OutboundMessage? For(ClientConnection connection, string userId)
    {
        var heard = _heard.GetValueOrDefault(connection);
        if (heard == _versions.Count) return null;
        if (!_merged.TryGetValue(heard, out var merged))
        {
            _merged[heard] = merged = new MergedChange(CollectionsMarshal.AsSpan(_versions)[heard..]);
        }

        // A newcomer does not hold the list that the change was made to.
        return merged.Adds(userId) ? _versions[^1].MembersUpdated : merged.Message;
    }
}
