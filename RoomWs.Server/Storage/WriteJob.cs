namespace RoomWs.Server.Storage;

/// <summary>One change waiting for the writer. All three methods run on the writer's thread, one job at a time, in queue order.</summary>
internal abstract class WriteJob
{
    /// <summary>Does the work, inside a savepoint of its own. What it throws rolls back this job alone.</summary>
    public abstract void Run(WriteScope write);

    /// <summary>The work is on disk, and so is that of every job before it: the first moment at which it may be told to anyone.</summary>
    public abstract void Committed();

    /// <summary>The work is undone, whether it failed itself or its batch could not be committed.</summary>
    public abstract void Failed(Exception cause);
}
