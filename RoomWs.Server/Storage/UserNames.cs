namespace RoomWs.Server.Storage;

/// <summary>
/// Stores the users' names and pictures, and counts how often, so that what was made from names can be kept for as long as they are the same. May be used from any
/// thread, but <see cref="Save"/>.
/// </summary>
internal sealed class UserNames
{
    private long _begun;
    private long _ended;

    /// <summary>
    /// The state of all names. Where it is the same before a read of names and at a later time, a read at that time would find the same names. Null while a change of
    /// them is under way: one read finds it then, and another does not.
    /// </summary>
    public long? State
    {
        get
        {
            // In this order: what has ended by then, and nothing else, had begun by then.
            var ended = Volatile.Read(ref _ended);
            return Volatile.Read(ref _begun) == ended ? ended : null;
        }
    }

    /// <summary>Stores a name and picture. Once that is committed, <see cref="Saved"/> has to be called. Writer's thread only.</summary>
    public void Save(UserRow user, WriteScope write)
    {
        Interlocked.Increment(ref _begun);
        write.IfUndone(Saved);
        write.Users.Save(user, write.Now);
    }

    /// <summary>A change is committed or undone. Called before anybody is told of it, so that whoever knows of a name is not shown an older one.</summary>
    public void Saved() => Interlocked.Increment(ref _ended);
}
