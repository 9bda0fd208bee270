using System.Text.Json.Serialization.Metadata;

namespace RoomWs.Server.Dispatch;

/// <summary>A command about the connection itself. It runs after the connection's own changes are answered.</summary>
internal sealed class ConnectionCommand<T>(string type, JsonTypeInfo<T> contract, IConnectionHandler<T> handler, bool needsIdentity = false) : Command<T>(type, contract)
    where T : class
{
    public override bool NeedsIdentity => needsIdentity;

    public override async ValueTask ExecuteAsync(Request request, Replies replies)
    {
        await request.Connection.WritesDoneAsync();
        if (!TryParse(request, out var command, out var fault))
        {
            await replies.RefuseAsync(request, fault!);
            return;
        }

        var outcome = await handler.HandleAsync(command, request);
        replies.Send(request, outcome);
        if (outcome is Outcome.Answered { Afterwards: { } afterwards }) await afterwards();
    }
}
