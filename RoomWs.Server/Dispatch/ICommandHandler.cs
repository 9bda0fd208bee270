using RoomWs.Protocol.Connection;
using RoomWs.Server.Storage;
using RoomWs.Server.Transport;

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

/// <summary>A command about the connection itself, which works without an identity.</summary>
internal interface IConnectionHandler<in TCommand>
{
    ValueTask<Outcome> HandleAsync(TCommand command, ClientConnection connection);
}
