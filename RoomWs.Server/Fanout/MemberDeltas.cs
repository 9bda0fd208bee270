using System.Runtime.InteropServices;
using RoomWs.Server.Model;
using RoomWs.Server.Sessions;
using RoomWs.Server.Transport;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Fanout;

/// <summary>
/// The pending deltas of a room: committed changes of its members that sockets with member deltas were not told yet. A socket gets them as
/// one message, which is made once for all sockets that were told equally much. Under the room's gate.
/// </summary>
internal sealed class MemberDeltas
{
    private readonly List<RoomSnapshot> _versions = [];

    /// <summary>How many of the changes a socket was told already. Most were told none, and have no entry.</summary>
    private readonly Dictionary<ClientConnection, int> _told = [];

    /// <summary>The merged rest of the changes, by how many were told already. Cleared with each new change.</summary>
    private readonly Dictionary<int, MergedChange> _merged = [];

    public void Add(RoomSnapshot after)
    {
        _versions.Add(after);
        _merged.Clear();
    }

    /// <summary>Notes that a socket gets all changes so far by another message.</summary>
    public void Skip(ClientConnection connection) => _told[connection] = _versions.Count;

    /// <summary>The message that brings a socket up to date, and notes that it is. Null if it was up to date already.</summary>
    public OutboundMessage? Take(ClientConnection connection)
    {
        var message = Untold(connection, connection.Caller!.UserId);
        Skip(connection);
        return message;
    }

    /// <summary>Brings all sockets with member deltas, of all members, up to date.</summary>
    public void TellAll(LocalMembers members, ConnectionRegistry connections, SendBatch batch)
    {
        foreach (var user in members.Of(_versions[^1].Id))
        {
            foreach (var connection in connections.Of(user.Id))
            {
                if (connection.TakesMemberDeltas && Untold(connection, user.Id) is { } message) connection.Send(message, coalesceKey: null, batch);
            }
        }
    }

    private OutboundMessage? Untold(ClientConnection connection, string userId)
    {
        var told = _told.GetValueOrDefault(connection);
        if (told == _versions.Count) return null;
        if (!_merged.TryGetValue(told, out var merged))
        {
            _merged[told] = merged = new MergedChange(CollectionsMarshal.AsSpan(_versions)[told..]);
        }

        // A new member does not have the list that the delta applies to, so it gets the whole list.
        return merged.Adds(userId) ? _versions[^1].MembersUpdated : merged.Message;
    }
}
