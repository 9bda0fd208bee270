using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using RoomWs.Server.Configuration;
using RoomWs.Server.Storage.Postgres;
using RoomWs.Server.Storage.Sqlite;

namespace RoomWs.Server.Hosting.CommandLine;

/// <summary>Explains to the operator why a start failed. Returns null if the cause can only be a bug.</summary>
internal static class StartupFailure
{
    public static string? Describe(Exception exception, RoomWsOptions options) => exception switch
    {
        StartupException => exception.Message,
        AddressInUseException or IOException { InnerException: AddressInUseException } or SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } =>
            FormattableString.Invariant($"Port {options.Port} of {options.Host} is in use by another program; choose another with --port"),
        SocketException => FormattableString.Invariant($"Cannot listen on port {options.Port} of {options.Host}: {exception.Message}"),
        IOException or UnauthorizedAccessException => exception.Message,
        _ when options.Postgres is { } postgres => PostgresFault.AtStart(exception, PostgresAddress.Target(postgres)),
        _ => SqliteFault.AtStart(exception, options.Database),
    };
}
