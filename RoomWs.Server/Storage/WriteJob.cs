namespace RoomWs.Server.Storage;

/// <summary>One unit of work for the writer. Its methods run on the writer's thread only, one job at a time, in queue order.</summary>
internal abstract class WriteJob
{
    /// <summary>Does the work, inside a savepoint of its own. An exception rolls back only this job, unless the storage itself has failed.</summary>
    public abstract void Run(WriteScope write);

    /// <summary>The work of this job and of all earlier jobs is on disk. Only from here on may it be told to anyone.</summary>
    public abstract void Committed();

    /// <summary>The work is undone: either the job has failed, or its batch could not be committed.</summary>
    public abstract void Failed(Exception cause);
}
