using RoomWs.Server.Storage;

namespace RoomWs.Server.Fanout;

/// <summary>How users come to this node with their first connection, and go with their last one. May be used from any thread.</summary>
internal sealed class LocalUsers(LocalMembers members, ReadConnections reads, CommitPlaces places)
{
    /// <summary>
    /// A connection of the user comes. Ends once the user gets what its rooms are told: all that is committed from here on, and nothing that a read from here on
    /// does not show.
    /// </summary>
    public async Task ComeAsync(string userId)
    {
        var user = members.Add(userId);
        try
        {
            await members.Reading(user, ReadAsync).Value;
        }
        catch
        {
            members.Remove(userId);
            throw;
        }
    }

    /// <summary>A connection that came has ended.</summary>
    public void Go(string userId) => members.Remove(userId);

    private async Task ReadAsync(LocalUser user)
    {
        try
        {
            // Between two batches, where the members of all rooms here are those that are committed. What changes behind that is noted.
            members.Take(user, await reads.RetryAsync(() => places.ReadAsync(static () => { }, read => read.Members.RoomIdsOf(user.Id))));
        }
        catch
        {
            members.NotRead(user);
            throw;
        }
    }
}
