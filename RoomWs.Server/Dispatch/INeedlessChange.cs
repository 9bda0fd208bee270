using RoomWs.Server.Model;

namespace RoomWs.Server.Dispatch;

/// <summary>A change that often finds everything as requested already. Where the room shows that, it is answered without the writer.</summary>
internal interface INeedlessChange<in TCommand>
{
    /// <summary>
    /// The answer that the handler would give in the writer's turn, if there is nothing to do in this room. Null if there is, or if that cannot be said by the
    /// room alone: refusals are the writer's, too. The caller's role was checked for what the command requires. Connection's thread only.
    /// </summary>
    Outcome? Needless(TCommand command, Caller caller, RoomSnapshot room);
}
