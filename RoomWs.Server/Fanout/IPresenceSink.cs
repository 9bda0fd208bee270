using RoomWs.Server.Storage;

namespace RoomWs.Server.Fanout;

/// <summary>
/// Takes what this node knows of its users to whoever is to know it: to its own clients where it is the only node, or else to all nodes, which then decide together who
/// is online. May be used from any thread.
/// </summary>
internal interface IPresenceSink : IDisposable
{
    /// <summary>Begins.</summary>
    /// <param name="takeOver">Called for a user, with its name, whose node is gone, and who is this node's from here on. On a thread of its own.</param>
    void Begin(Action<string, string> takeOver);

    /// <summary>The connections of a user here have changed. Called under the user's lock, and so in order for each user.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="username">Its name.</param>
    /// <param name="connections">How many it has.</param>
    /// <param name="turn">What that makes of it, if it has come with that, or gone, as far as this node knows.</param>
    void Changed(string userId, string username, int connections, PresenceEvent? turn);

    /// <summary>Where else the user is.</summary>
    Elsewhere Elsewhere(Repositories read, string userId);

    /// <summary>Ends when all nodes can know what has changed of the user so far, or that has failed once.</summary>
    Task WrittenAsync(string userId);
}

/// <summary>There is no other node: what is so here is so, and told at once.</summary>
internal sealed class LonePresence(PresenceInbox inbox, WriteQueue writes) : IPresenceSink
{
    public void Begin(Action<string, string> takeOver)
    {
    }

    /// <summary>
    /// Has the writer give the event its place in the order of commits: each membership that the user has by then is announced before the event. The writer
    /// does not tell the rooms itself, because a fleeting event must not delay a durable change.
    /// </summary>
    public void Changed(string userId, string username, int connections, PresenceEvent? turn)
    {
        if (turn is not null) _ = writes.Gap.RunAsync(() => inbox.Add(turn));
    }

    public Elsewhere Elsewhere(Repositories read, string userId) => default;

    public Task WrittenAsync(string userId) => Task.CompletedTask;

    public void Dispose()
    {
    }
}
