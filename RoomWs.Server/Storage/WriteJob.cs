using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>One unit of work for the writer. Its methods run on the writer's thread only, one job at a time; those of a user run in the order in which they were enqueued.</summary>
internal abstract class WriteJob
{
    /// <summary>The user who waits for it, among whom the writer divides its time. Null if that is no user.</summary>
    public virtual string? UserId => null;

    /// <summary>About how much of the writer's time it takes, in jobs that name nothing and are short. At least 1. Does not change.</summary>
    public virtual int Cost => 1;

    /// <summary>The same with what depends on the room, such as its members who are told. A user has as much of a batch as its jobs take by this. Does not change.</summary>
    public virtual int Share => Cost;

    /// <summary>How many jobs came before this one. Set by the queue.</summary>
    public long Place { get; set; }

    /// <summary>The next job of the same user while both wait. Set by the queue.</summary>
    public WriteJob? Next { get; set; }

    /// <summary>Names what the job is going to look at, before any job of its batch runs. What it does not name it can look at all the same, but not as fast.</summary>
    public virtual void Need(Needs needs)
    {
    }

    /// <summary>Does the work. An exception undoes only this job, unless the storage itself has failed. May be called again, if the first time was undone.</summary>
    public abstract void Run(WriteScope write);

    /// <summary>The work of this job and of all earlier jobs is on disk. Only from here on may it be told to anyone.</summary>
    public abstract void Committed();

    /// <summary>The work is undone: either the job has failed, or its batch could not be committed.</summary>
    public abstract void Failed(Exception cause);
}
