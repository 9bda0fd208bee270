using RoomWs.Protocol.Connection;
using RoomWs.Server.Model;
using RoomWs.Server.Sessions;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Dispatch;

/// <summary>The part that all handlers of requests about rooms have in common.</summary>
internal interface IValidator<in TCommand>
{
    /// <summary>The rules that need no database, and no look at a room: what is wrong with the fields. Runs on the connection's own thread.</summary>
    ErrorReply? Validate(TCommand command, Caller caller);
}

/// <summary>A command that changes a room, or what belongs to it.</summary>
internal interface IRoomChangeHandler<in TCommand> : IValidator<TCommand>
{
    /// <summary>Runs on the writer's thread, inside a savepoint: what is read here is still true when it is changed here.</summary>
    /// <param name="command">The request.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="room">The room, in which the caller may do what the command requires.</param>
    /// <param name="write">Where to read and change.</param>
    Outcome Handle(TCommand command, Caller caller, RoomAccess room, WriteScope write);
}

/// <summary>A command that changes something, and whose request names no room that is there already.</summary>
internal interface IChangeHandler<in TCommand> : IValidator<TCommand>
{
    /// <summary>Runs as <see cref="IRoomChangeHandler{TCommand}"/> does.</summary>
    Outcome Handle(TCommand command, Caller caller, WriteScope write);
}

/// <summary>A command that looks at a room. Runs on the connection's own thread, or on the writer's in its turn.</summary>
internal interface IRoomQueryHandler<in TCommand> : IValidator<TCommand>
{
    /// <summary>Makes the answer. May be asked again, where the room changes before it can be sent.</summary>
    /// <param name="command">The request.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="room">The room, in which the caller may do what the command requires.</param>
    /// <param name="reads">Where to read the database.</param>
    Outcome Handle(TCommand command, Caller caller, RoomSnapshot room, IReads reads);
}

/// <summary>A command that looks at what is stored, but at no single room.</summary>
internal interface IQueryHandler<in TCommand> : IValidator<TCommand>
{
    /// <summary>Makes the answer.</summary>
    Outcome Handle(TCommand command, Caller caller, IReads reads);
}

/// <summary>A command about what one socket sees of a room, for which the room is looked up.</summary>
internal interface IRoomSocketHandler<in TCommand> : IValidator<TCommand>
{
    /// <summary>Makes the answer, as <see cref="IRoomQueryHandler{TCommand}"/> does.</summary>
    Outcome Handle(TCommand command, ClientConnection connection, RoomSnapshot room, IReads reads);
}

/// <summary>A command about what one socket sees or shows of a room that it has entered, in memory alone.</summary>
internal interface ISocketHandler<in TCommand> : IValidator<TCommand>
{
    /// <summary>Null where the command has no reply unless it is refused.</summary>
    Outcome? Handle(TCommand command, ClientConnection connection);
}

/// <summary>A command about the connection itself.</summary>
internal interface IConnectionHandler<in TCommand>
{
    ValueTask<Outcome> HandleAsync(TCommand command, Request request);
}
