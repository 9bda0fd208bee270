using System.Text.Json.Serialization.Metadata;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Dispatch;

/// <summary>A look at a room, and at what belongs to it.</summary>
internal sealed class RoomQueryCommand<T>(string type, JsonTypeInfo<T> contract, Func<T, RoomRef> room, RoomAction requires, IRoomQueryHandler<T> handler, RoomAnswers answers)
    : Command<T>(type, contract)
    where T : class
{
    public override RoomAction? Requires => requires;

    public override async ValueTask ExecuteAsync(Request request, Replies replies)
    {
        // The client's own changes before this request have to be seen by it, and answered first.
        await request.Connection.WritesDoneAsync();

        var caller = request.Connection.Caller!;
        if (!TryParse(request, out var command, out var fault) || (fault = handler.Validate(command, caller)) is not null) await replies.RefuseAsync(request, fault!);
        else await answers.AnswerAsync(request, room(command), requires, (seen, reads) => handler.Handle(command, caller, seen, reads));
    }
}

/// <summary>A look at what is committed, but at no single room: answered on the connection's own thread.</summary>
internal sealed class QueryCommand<T>(string type, JsonTypeInfo<T> contract, IQueryHandler<T> handler, ReadConnections reads) : Command<T>(type, contract)
    where T : class
{
    public override async ValueTask ExecuteAsync(Request request, Replies replies)
    {
        await request.Connection.WritesDoneAsync();

        var caller = request.Connection.Caller!;
        if (!TryParse(request, out var command, out var fault) || (fault = handler.Validate(command, caller)) is not null) await replies.RefuseAsync(request, fault!);
        else replies.Send(request, handler.Handle(command, caller, reads));
    }
}
