using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Configuration;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Identity;
using RoomWs.Server.Sessions;

namespace RoomWs.Server.Features.Connection;

/// <summary>HELLO: identifies the client, or replaces its token with a fresh one of the same user.</summary>
internal sealed class HelloHandler(RoomWsOptions options, TokenReader tokens, SignIn signIn, CapabilityChoice capabilities, PendingRequestNotice pendingRequests, TimeProvider time) : IConnectionHandler<Hello>
{
    private const int ProtocolVersion = 1;

    public async ValueTask<Outcome> HandleAsync(Hello command, Request request)
    {
        var connection = request.Connection;
        if (command.Version != ProtocolVersion)
        {
            return new Outcome.Refused(
                new ErrorReply(ErrorCode.UnsupportedProtocolVersion, $"version must be {ProtocolVersion}; it is {command.Version}."),
                CloseCode.PolicyViolation);
        }

        if (await OfferedAsync(command) is { } offered)
        {
            if (!offered.IsAccepted) return new Outcome.Refused(new ErrorReply(ErrorCode.Unauthorized, offered.Refusal), CloseCode.InvalidToken);

            var (error, close) = await signIn.AcceptAsync(connection, offered.Identity);
            if (error is not null) return new Outcome.Refused(error, close);
        }
        else if (connection.HasGreeted)
        {
            return FieldRules.Invalid("token is missing; a HELLO after the first brings a fresh token.");
        }
        else if (connection.Identity is null)
        {
            return FieldRules.Invalid(options.Dev ? "token or userId is missing; one of them says who you are." : "token is missing; it says who you are.");
        }

        await capabilities.TakeOnAsync(connection, command.Capabilities);
        var isFirst = !connection.HasGreeted;
        connection.HasGreeted = true;
        return new Outcome.Answered(Acknowledge(connection, connection.Identity!))
        {
            Afterwards = isFirst ? () => pendingRequests.SendAsync(connection) : null,
        };
    }

    private async ValueTask<TokenResult?> OfferedAsync(Hello command)
    {
        if (command.Token is { } token) return await tokens.ReadAsync(token);
        return options.Dev && command.UserId is { } userId ? DevelopmentIdentity.Read(userId, command.Username, options.Limits) : null;
    }

    private HelloAck Acknowledge(ClientConnection connection, UserIdentity identity) => new(
        ProtocolVersion,
        identity.UserId,
        identity.Username,
        connection.Id,
        time.GetUtcNow().ToUnixTimeMilliseconds(),
        identity.ExpiresAt?.ToUnixTimeMilliseconds(),
        Limits(),
        CapabilityChoice.InUse(connection));

    private ClientLimits Limits() => new()
    {
        MessageBytes = options.Limits.MessageBytes,
        NameLength = options.Limits.NameLength,
        ContentLength = options.Limits.ContentLength,
        BoardsPerRoom = options.Limits.BoardsPerRoom,
        BoardBytes = options.Limits.BoardBytes,
        CursorsPerSecond = options.Limits.CursorsPerSecond,
        ThumbnailUrlLength = options.Limits.ThumbnailUrlLength,
        UserIdsPerRequest = options.Limits.UserIdsPerRequest,
        MembersPerRoom = options.Limits.MembersPerRoom,
        RoomsPerUser = options.Limits.RoomsPerUser,
        AddedRoomsPerUser = options.Limits.AddedRoomsPerUser,
        ConnectionsPerUser = options.Limits.ConnectionsPerUser,
        RequestsPerSecond = options.Limits.RequestsPerSecond,
        PingSeconds = options.PingSeconds,
        RequestBurst = options.Limits.RequestBurst,
        UserRequestsPerSecond = options.Limits.UserRequestsPerSecond,
        UserBytesPerSecond = options.Limits.UserBytesPerSecond,
        CreatesPerMinute = options.Limits.CreatesPerMinute,
        AddsPerMinute = options.Limits.AddsPerMinute,
        MembershipActionsPerMinute = options.Limits.MembershipActionsPerMinute,
    };
}
