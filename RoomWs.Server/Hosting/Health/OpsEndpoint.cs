using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RoomWs.Server.Configuration;
using RoomWs.Server.Sessions;
using RoomWs.Server.Transport;

namespace RoomWs.Server.Hosting.Health;

/// <summary>The HTTP port for operators. A host of its own: the public port has no HTTP pipeline, and this one keeps answering during the drain.</summary>
internal sealed partial class OpsEndpoint : IAsyncDisposable
{
    private const string HealthPath = "/health";

    /// <summary>The silence after which a connection is closed, so that those who keep theirs open and ask nothing keep nobody out for long.</summary>
    private static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(10);

    private static readonly HandshakeRefusal Full = new(StatusCodes.Status503ServiceUnavailable, "The operators' port has as many connections as it takes.");

    private readonly WebApplication _host;

    private OpsEndpoint(WebApplication host, string url) => (_host, Url) = (host, url);

    /// <summary>
    /// Maximum number of connections: some probes and scrapers at a time, and fewer where the system lets the process open few files. One more
    /// is cut off when it is accepted.
    /// </summary>
    public static int MaxConnections { get; } = FileLimit.Raise() is { } files ? (int)Math.Clamp(files / 32, 4, 32) : 32;

    /// <summary>The address, such as http://127.0.0.1:9090/.</summary>
    public string Url { get; }

    /// <summary>Starts to listen.</summary>
    /// <exception cref="StartupException">The address or port cannot be used.</exception>
    public static async Task<OpsEndpoint> StartAsync(string host, int port, HealthCheck health, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        var (throttle, logger) = (new LogThrottle(time), loggers.CreateLogger<OpsEndpoint>());
        var (cutOff, places) = (new LogThrottle(time), new Places(MaxConnections, surplus: 0, Full));
        builder.WebHost.UseKestrelCore().UseSockets();
        builder.Services.AddSingleton<IConnectionListenerFactory>(services => new BoundedTransport(
            ActivatorUtilities.CreateInstance<SocketTransportFactory>(services),
            () => places,
            _ => NoteCutOff(cutOff, logger),
            coming: null));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            (kestrel.Limits.KeepAliveTimeout, kestrel.Limits.RequestHeadersTimeout) = (MaxSilence, MaxSilence);
            kestrel.ListenOn(host, port, endpoint => endpoint.Protocols = HttpProtocols.Http1);
        });
        var app = builder.Build();
        app.Run(async context =>
        {
            if (!await IsRefusedAsync(context, host, throttle, logger)) await AnswerAsync(context, health);
        });
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (Exception unusable) when (unusable is IOException or SocketException)
        {
            await app.DisposeAsync();
            throw new StartupException(FormattableString.Invariant($"Cannot listen on OpsPort {port} of {host}: {unusable.Message.TrimEnd('.')}; choose another with --ops-port"), unusable);
        }

        var url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/";
        LogListening(logger, url + HealthPath[1..]);
        return new OpsEndpoint(app, url);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await _host.DisposeAsync();
    }

    /// <summary>While the port is on loopback, only programs of this machine are to ask here, and not pages by way of a browser on it.</summary>
    private static async Task<bool> IsRefusedAsync(HttpContext context, string listensOn, LogThrottle throttle, ILogger logger)
    {
        if (!IsLoopback(listensOn) || LocalHosts.IsHost(context.Request.Host.Value, listensOn)) return false;

        if (throttle.Add() is > 0 and var count) LogRefused(logger, count);
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        await context.Response.WriteAsync("While OpsHost is a loopback address, the Host must be 127.0.0.1, localhost or [::1].\n", context.RequestAborted);
        return true;
    }

    private static void NoteCutOff(LogThrottle throttle, ILogger logger)
    {
        if (throttle.Add() is > 0 and var count) LogCutOff(logger, count, MaxConnections);
    }

    private static bool IsLoopback(string host) => host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static async Task AnswerAsync(HttpContext context, HealthCheck health)
    {
        var (request, response) = (context.Request, context.Response);
        if (request.Path != HealthPath || !HttpMethods.IsGet(request.Method))
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var report = await health.LookAsync();
        response.StatusCode = report.IsOk ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-store";
        await response.Body.WriteAsync(report.ToJson(), context.RequestAborted);
    }

    [LoggerMessage(6001, LogLevel.Information, "Health is at {Url}")]
    private static partial void LogListening(ILogger logger, string url);

    [LoggerMessage(6004, LogLevel.Information, "Refused {Count} requests for health with 403: while OpsHost is a loopback address, the Host must be one too")]
    private static partial void LogRefused(ILogger logger, int count);

    [LoggerMessage(6005, LogLevel.Information, "Cut off {Count} connections to the operators' port, which takes {Connections} at a time")]
    private static partial void LogCutOff(ILogger logger, int count, int connections);
}
