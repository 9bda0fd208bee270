using System.Text.Json.Serialization.Metadata;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Dispatch;

/// <summary>A query about a room, or about what belongs to it. The caller's role is checked before the handler is called.</summary>
internal sealed class RoomQueryCommand<T>(string type, JsonTypeInfo<T> contract, Func<T, RoomRef> room, RoomAction requires, IRoomQueryHandler<T> handler, RoomAnswers answers)
    : Command<T>(type, contract)
    where T : class
{
    public override RoomAction? Requires => requires;

    public override async ValueTask ExecuteAsync(Request request, Replies replies)
    {
        // The query must see the client's own earlier changes, and they must be answered first.
        await request.Connection.WritesDoneAsync();

        var caller = request.Connection.Caller!;
        if (!TryParse(request, handler, out var command, out var fault)) await replies.RefuseAsync(request, fault!);
        else await answers.AnswerAsync(request, room(command), requires, (seen, reads) => handler.Handle(command, caller, seen, reads));
    }
}

/// <summary>A query about what is committed, but not about a single room. Answered on the connection's thread.</summary>
internal sealed class QueryCommand<T>(string type, JsonTypeInfo<T> contract, IQueryHandler<T> handler, ReadConnections reads) : Command<T>(type, contract)
    where T : class
{
    public override async ValueTask ExecuteAsync(Request request, Replies replies)
    {
        await request.Connection.WritesDoneAsync();

        var caller = request.Connection.Caller!;
        if (!TryParse(request, handler, out var command, out var fault))
        {
            await replies.RefuseAsync(request, fault!);
            return;
        }

        using var turn = await request.Connection.Rate.User!.Queries.TakeAsync();
        await reads.ReadyAsync();
        replies.Send(request, handler.Handle(command, caller, reads));
    }
}
