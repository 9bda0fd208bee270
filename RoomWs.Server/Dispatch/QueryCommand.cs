using System.Text.Json.Serialization.Metadata;

namespace RoomWs.Server.Dispatch;

/// <summary>A look at what is committed, answered on the connection's own thread.</summary>
internal sealed class QueryCommand<T>(string type, JsonTypeInfo<T> contract, Func<T, string?> room, IQueryHandler<T> handler) : Command(type)
    where T : class
{
    public override bool NeedsIdentity => true;

    public override async ValueTask ExecuteAsync(Request request, Replies replies)
    {
        // The client's own changes before this request have to be seen by it, and answered first.
        await request.Connection.WritesDoneAsync();

        if (!TryParse(request, contract, out var command, out var fault) || (fault = handler.Validate(command)) is not null)
        {
            await replies.RefuseAsync(request, fault!);
            return;
        }

        var caller = request.Connection.Caller!;
        replies.Answer(request, () => handler.Handle(command, caller), room(command));
    }
}
