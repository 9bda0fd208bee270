namespace RoomWs.Server.Wire;

/// <summary>A message whose frame is made when it is sent, for a newer one about the same may take its place while it waits for a socket.</summary>
internal abstract class DeferredFrame
{
    /// <summary>How long the frame is, or about how long it will be.</summary>
    public abstract int EventBytes { get; }

    /// <summary>The frame. May be asked for from any thread; two that make it at once make equal ones.</summary>
    public abstract byte[] Event { get; }

    /// <summary>What to send in place of this and of an older one that has not been sent: this alone, where it says all that the older did.</summary>
    public virtual DeferredFrame After(DeferredFrame older) => this;
}
