using RoomWs.Protocol.Connection;
using RoomWs.Server.Model;
using RoomWs.Server.Sessions;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Dispatch;

/// <summary>A command that changes rooms or memberships.</summary>
internal interface IChangeHandler<in TCommand>
{
    /// <summary>The rules that need no database; runs on the connection's own thread, before the writer sees the command.</summary>
    ErrorReply? Validate(TCommand command);

    /// <summary>Runs on the writer's thread, inside a savepoint: what is read here is still true when it is changed here.</summary>
    Outcome Handle(TCommand command, Caller caller, WriteScope write);
}

/// <summary>A command that only looks. Runs on the connection's own thread, beside the writer.</summary>
internal interface IQueryHandler<in TCommand>
{
    ErrorReply? Validate(TCommand command);

    Outcome Handle(TCommand command, Caller caller);
}

/// <summary>A command about the connection itself.</summary>
internal interface IConnectionHandler<in TCommand>
{
    ValueTask<Outcome> HandleAsync(TCommand command, Request request);
}

/// <summary>A command about what one socket sees or shows of a room, in memory alone.</summary>
internal interface ISocketHandler<in TCommand>
{
    ErrorReply? Validate(TCommand command);

    /// <summary>Null where the command has no reply unless it is refused.</summary>
    Outcome? Handle(TCommand command, ClientConnection connection);
}
