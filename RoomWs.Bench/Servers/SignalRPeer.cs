using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace RoomWs.Bench.Servers;

/// <summary>A minimal SignalR server that does the same work: one hub, groups as rooms, nothing stored.</summary>
internal static class SignalRPeer
{
    /// <summary>The version of SignalR, which is that of ASP.NET Core.</summary>
    public static string Version { get; } = typeof(Hub).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Runs the server until standard input ends.</summary>
    public static async Task RunAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseSetting("urls", "http://127.0.0.1:0");
        // The benchmark's clients send nothing while others are measured. A real client library would send pings.
        builder.Services.AddSignalR(options => options.ClientTimeoutInterval = TimeSpan.FromHours(1));

        await using var app = builder.Build();
        app.MapHub<PeerHub>("/hub", options => options.Transports = HttpTransportType.WebSockets);
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();
        await Console.Out.WriteLineAsync("Listening on " + address);
        await Console.In.ReadToEndAsync();
    }
}

internal sealed class PeerHub : Hub
{
    private static long s_messages;

    public Task Join(string roomId) => Groups.AddToGroupAsync(Context.ConnectionId, roomId);

    public Task Chat(string roomId, string content)
    {
        var user = (string?)Context.GetHttpContext()!.Request.Query["user"] ?? "";
        var number = Interlocked.Increment(ref s_messages);
        var id = "message_" + number.ToString("D26", CultureInfo.InvariantCulture);
        var message = new PeerMessage("ROOM_MESSAGE", roomId, id, id, number, user, user, content, "text", TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        return Clients.Group(roomId).SendAsync("message", message);
    }

    [SuppressMessage("Performance", "CA1822", Justification = "SignalR calls no static methods.")]
    public PeerRoom Info(string roomId) => PeerRoom.Get(roomId);
}

/// <summary>The same fields as a ROOM_MESSAGE of RoomWs.</summary>
internal sealed record PeerMessage(
    string Type,
    string RoomId,
    string RoomMessageId,
    string MessageId,
    long Seq,
    string SenderId,
    string Username,
    string Content,
    string MessageType,
    long Timestamp);

/// <summary>The same fields as a room of RoomWs with ten members.</summary>
internal sealed record PeerRoom(string Id, PeerRoomMeta Meta, long Version, long UpdatedAt, IReadOnlyList<string> Members, IReadOnlyDictionary<string, string> Roles)
{
    private static readonly string[] Users = [.. Enumerable.Range(0, 10).Select(i => string.Create(CultureInfo.InvariantCulture, $"user-{i:D6}"))];

    private static readonly PeerRoom Sample = new(
        Dialect.Room,
        new PeerRoomMeta(Dialect.Room, null, null, "OPEN", null, 1_760_000_000_000, Users[0]),
        1,
        1_760_000_000_000,
        Users,
        Users.ToDictionary(user => user, user => user == Users[0] ? "OWNER" : "MEMBER", StringComparer.Ordinal));

    public static PeerRoom Get(string roomId) => roomId == Sample.Id ? Sample : throw new HubException("There is no such room.");
}

internal sealed record PeerRoomMeta(string Name, string? ThumbnailUrl, string? Slug, string JoinPolicy, string? ActiveBoardId, long CreatedAt, string CreatedBy);
