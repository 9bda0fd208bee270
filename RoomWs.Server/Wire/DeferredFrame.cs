namespace RoomWs.Server.Wire;

/// <summary>
/// A message whose frame is made only when it is sent, because a newer message may replace it while it waits for a socket.
/// May be used from any thread.
/// </summary>
internal abstract class DeferredFrame
{
    /// <summary>The length of the frame, or an estimate before it is made.</summary>
    public abstract int EventBytes { get; }

    /// <summary>The frame. Two threads that make it at the same time make equal ones.</summary>
    public abstract byte[] Event { get; }

    /// <summary>The message that replaces both this one and an unsent older one. By default this one alone, which says all that the older one said.</summary>
    public virtual DeferredFrame After(DeferredFrame older) => this;
}
