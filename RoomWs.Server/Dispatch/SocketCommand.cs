using System.Text.Json.Serialization.Metadata;
using RoomWs.Server.Model;

namespace RoomWs.Server.Dispatch;

/// <summary>What one socket sees of a room, for which the room is looked up.</summary>
internal sealed class RoomSocketCommand<T>(string type, JsonTypeInfo<T> contract, Func<T, RoomRef> room, RoomAction requires, IRoomSocketHandler<T> handler, RoomAnswers answers)
    : Command<T>(type, contract)
    where T : class
{
    public override RoomAction? Requires => requires;

    public override async ValueTask ExecuteAsync(Request request, Replies replies)
    {
        var connection = request.Connection;
        await connection.WritesDoneAsync();

        if (!TryParse(request, out var command, out var fault) || (fault = handler.Validate(command, connection.Caller!)) is not null) await replies.RefuseAsync(request, fault!);
        else await answers.AnswerAsync(request, room(command), requires, (seen, reads) => handler.Handle(command, connection, seen, reads));
    }
}

/// <summary>
/// What one socket sees or shows of a room that it has entered, in memory alone. A fleeting one - a cursor, a sign of typing - waits for none
/// of the client's changes, for it is old once they are done.
/// </summary>
internal sealed class SocketCommand<T>(string type, JsonTypeInfo<T> contract, Func<T, RoomRef> room, ISocketHandler<T> handler, bool isFleeting = false, bool isConflated = false)
    : Command<T>(type, contract)
    where T : class
{
    public override bool IsConflated => isConflated;

    public override async ValueTask ExecuteAsync(Request request, Replies replies)
    {
        var connection = request.Connection;
        if (!isFleeting) await connection.WritesDoneAsync();

        if (!TryParse(request, out var command, out var fault) || (fault = handler.Validate(command, connection.Caller!)) is not null) await replies.RefuseAsync(request, fault!);
        else if (handler.Handle(command, connection) is not { } outcome) replies.EndSilently(request);
        // A fleeting one is refused behind the replies to the changes that it has passed.
        else if (outcome is Outcome.Refused refused) await replies.RefuseAsync(request, refused.Error, room(command));
        else replies.Send(request, outcome, room(command));
    }
}
