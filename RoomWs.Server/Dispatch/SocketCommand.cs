using System.Text.Json.Serialization.Metadata;

namespace RoomWs.Server.Dispatch;

/// <summary>
/// What one socket sees or shows of a room, in memory alone. A fleeting one - a cursor, a sign of typing - waits for none of the
/// client's changes, for it is old once they are done.
/// </summary>
internal sealed class SocketCommand<T>(string type, JsonTypeInfo<T> contract, Func<T, string?> room, ISocketHandler<T> handler, bool isFleeting = false, bool isConflated = false)
    : Command(type)
    where T : class
{
    public override bool NeedsIdentity => true;

    public override bool IsConflated => isConflated;

    public override async ValueTask ExecuteAsync(Request request, Replies replies)
    {
        if (!isFleeting) await request.Connection.WritesDoneAsync();

        if (!TryParse(request, contract, out var command, out var fault) || (fault = handler.Validate(command)) is not null)
        {
            await replies.RefuseAsync(request, fault!);
            return;
        }

        if (!isFleeting)
        {
            replies.Answer(request, () => handler.Handle(command, request.Connection)!, room(command));
        }
        else if (handler.Handle(command, request.Connection) is Outcome.Refused refused)
        {
            await replies.RefuseAsync(request, refused.Error, room(command));
        }
        else
        {
            replies.EndSilently(request);
        }
    }
}
