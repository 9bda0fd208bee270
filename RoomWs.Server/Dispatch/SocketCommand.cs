using System.Text.Json.Serialization.Metadata;
using RoomWs.Server.Model;

namespace RoomWs.Server.Dispatch;

/// <summary>A command about what one socket sees of a room, for which the room is looked up and the caller's role is checked.</summary>
internal sealed class RoomSocketCommand<T>(string type, JsonTypeInfo<T> contract, Func<T, RoomRef> room, RoomAction requires, IRoomSocketHandler<T> handler, RoomAnswers answers)
    : Command<T>(type, contract)
    where T : class
{
    public override RoomAction? Requires => requires;

    public override async ValueTask ExecuteAsync(Request request, Replies replies)
    {
        var connection = request.Connection;
        await connection.WritesDoneAsync();

        if (!TryParse(request, handler, out var command, out var fault)) await replies.RefuseAsync(request, fault!);
        else await answers.AnswerAsync(request, room(command), requires, (seen, reads) => handler.Handle(command, connection, seen, reads), live => handler.PrepareAsync(command, connection, live));
    }
}

/// <summary>
/// A command about what one socket sees or shows in a room that it has entered, in memory only. A fleeting one (a cursor, typing) does not wait
/// for the client's own changes, because it would be out of date once they are done.
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

        if (!TryParse(request, handler, out var command, out var fault)) await replies.RefuseAsync(request, fault!);
        else if (handler.Handle(command, connection) is not { } outcome) replies.EndSilently(request);
        // A fleeting command may have passed changes of the client. Its refusal waits for their replies.
        else if (outcome is Outcome.Refused refused) await replies.RefuseAsync(request, refused.Error, room(command));
        else replies.Send(request, outcome, room(command));
    }
}
