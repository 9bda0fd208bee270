using RoomWs.Protocol.Connection;
using RoomWs.Server.Fanout;
using RoomWs.Server.Model;
using RoomWs.Server.Sessions;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Dispatch;

/// <summary>What all handlers share, except those of connection commands.</summary>
internal interface IValidator<in TCommand>
{
    /// <summary>Checks the fields by the rules that need neither the database nor a room. Null if they are valid. Connection's thread only.</summary>
    ErrorReply? Validate(TCommand command, Caller caller);
}

/// <summary>Handles a command that changes a room, or what belongs to it.</summary>
internal interface IRoomChangeHandler<in TCommand> : IValidator<TCommand>
{
    /// <summary>Names what <see cref="Handle"/> looks at, beside the room and the caller's role in it. Writer's thread only.</summary>
    /// <param name="command">The request.</param>
    /// <param name="caller">The user that the request acts for.</param>
    /// <param name="room">What is needed of the room.</param>
    /// <param name="needs">What else is needed.</param>
    void Need(TCommand command, Caller caller, RoomNeeds room, Needs needs)
    {
    }

    /// <summary>Makes the change. What it reads is still true when it is written. May be called again, if the first time was undone. Writer's thread only.</summary>
    /// <param name="command">The request.</param>
    /// <param name="caller">The user that the request acts for.</param>
    /// <param name="room">The room. The caller's role was checked for what the command requires.</param>
    /// <param name="write">What is stored, and what the batch has changed of it.</param>
    Outcome Handle(TCommand command, Caller caller, RoomAccess room, WriteScope write);
}

/// <summary>Handles a command that changes something, and whose request names no existing room.</summary>
internal interface IChangeHandler<in TCommand> : IValidator<TCommand>
{
    /// <summary>Names what <see cref="Handle"/> looks at. Writer's thread only.</summary>
    void Need(TCommand command, Caller caller, Needs needs);

    /// <summary>Makes the change. Runs as in <see cref="IRoomChangeHandler{TCommand}"/>. Writer's thread only.</summary>
    Outcome Handle(TCommand command, Caller caller, WriteScope write);
}

/// <summary>Handles a command that looks at a room. Runs on the connection's thread, or on the writer's thread in its turn among the changes.</summary>
internal interface IRoomQueryHandler<in TCommand> : IValidator<TCommand>
{
    /// <summary>Makes the answer. Called again if the room changes before the answer can be sent.</summary>
    /// <param name="command">The request.</param>
    /// <param name="caller">The user that the request acts for.</param>
    /// <param name="room">The room. The caller's role was checked for what the command requires.</param>
    /// <param name="reads">Reads the database.</param>
    Outcome Handle(TCommand command, Caller caller, RoomSnapshot room, IReads reads);
}

/// <summary>Handles a command that looks at what is stored, but not at a single room. Runs on the connection's thread.</summary>
internal interface IQueryHandler<in TCommand> : IValidator<TCommand>
{
    /// <summary>Makes the answer.</summary>
    Outcome Handle(TCommand command, Caller caller, IReads reads);
}

/// <summary>Handles a command about what one socket sees of a room, and for which the room is looked up. Runs where a query does.</summary>
internal interface IRoomSocketHandler<in TCommand> : IValidator<TCommand>
{
    /// <summary>Waits for what the answer is better with. Called before the answer is made; the caller's role was checked.</summary>
    Task PrepareAsync(TCommand command, ClientConnection connection, LiveRoom room);

    /// <summary>Makes the answer, as in <see cref="IRoomQueryHandler{TCommand}"/>.</summary>
    Outcome Handle(TCommand command, ClientConnection connection, RoomSnapshot room, IReads reads);
}

/// <summary>Handles a command about what one socket sees or shows in a room that it has entered, in memory only. Runs on the connection's thread.</summary>
internal interface ISocketHandler<in TCommand> : IValidator<TCommand>
{
    /// <summary>Handles the command. Returns null if it has no reply; such a command is answered only when it is refused.</summary>
    Outcome? Handle(TCommand command, ClientConnection connection);
}

/// <summary>Handles a command about the connection itself. Runs on the connection's thread.</summary>
internal interface IConnectionHandler<in TCommand>
{
    ValueTask<Outcome> HandleAsync(TCommand command, Request request);
}
