using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RoomWs.Server.Configuration;
using RoomWs.Server.Hosting.Health;
using RoomWs.Server.Transport;

namespace RoomWs.Server.Hosting;

/// <summary>A running server: the core, the port for clients, and the port for operators if OpsPort is set.</summary>
internal sealed class RoomWsServer : IAsyncDisposable
{
    /// <summary>More than a thousand clients may reconnect at the same moment. A client that finds the queue full retries only after a second.</summary>
    private const int ListenBacklog = 4_096;

    private readonly WebApplication _host;

    private readonly OpsEndpoint? _ops;

    private readonly TlsCertificate? _certificate;

    private RoomWsServer(WebApplication host, OpsEndpoint? ops, TlsCertificate? certificate, ServerCore core, string url) =>
        (_host, _ops, _certificate, Core, Url) = (host, ops, certificate, core, url);

    /// <summary>The address for clients, such as ws://127.0.0.1:8080/ws.</summary>
    public string Url { get; }

    /// <summary>The address for operators; null if OpsPort is not set.</summary>
    public string? OpsUrl => _ops?.Url;

    public ServerCore Core { get; }

    /// <summary>How many connections are open.</summary>
    public int ConnectionCount => Core.Connections.Count;

    /// <summary>Opens the database and starts to listen. Clients can connect when the task completes.</summary>
    /// <exception cref="StartupException">The database or OpsPort cannot be used, or the system lets the process open too few files; the message says why and what to do.</exception>
    public static Task<RoomWsServer> StartAsync(RoomWsOptions options, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken) =>
        StartAsync(options, time, databaseTime: null, loggers, cancellationToken);

    /// <inheritdoc cref="StartAsync(RoomWsOptions, TimeProvider, ILoggerFactory, CancellationToken)"/>
    /// <param name="options">The settings.</param>
    /// <param name="time">This node's clock.</param>
    /// <param name="databaseTime">Stands for the clock of a database that several nodes share. Null for its own.</param>
    /// <param name="loggers">Where it logs.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<RoomWsServer> StartAsync(RoomWsOptions options, TimeProvider time, TimeProvider? databaseTime, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var core = ServerCore.Open(options, time, loggers, databaseTime);
        OpsEndpoint? ops = null;
        WebApplication? host = null;
        try
        {
            LoadForRequests();
            // Before the port for clients: once that is open, everything else must be running.
            if (options.OpsPort is { } port) ops = await OpsEndpoint.StartAsync(options.OpsHost, port, core.Health, time, loggers, cancellationToken);
            var certificate = options is { TlsCertificateFile: { } file, TlsKeyFile: { } key } ? new TlsCertificate(file, key, loggers.CreateLogger<TlsCertificate>()) : null;
            var places = new PlaceBudget(options, loggers.CreateLogger<PlaceBudget>());
            host = Host(options, certificate, core, places, loggers);
            await host.StartAsync(cancellationToken);
            places.Note();
            return new RoomWsServer(host, ops, certificate, core, UrlOf(options, host));
        }
        catch
        {
            if (host is not null) await host.DisposeAsync();
            if (ops is not null) await ops.DisposeAsync();
            core.Dispose();
            throw;
        }
    }

    /// <summary>Reads the certificate's files again; new connections use what they hold now. May be called from any thread.</summary>
    public void ReloadCertificate() => _certificate?.Reload();

    /// <summary>Drains within DrainSeconds: refuses new connections, tells each client to come back later, and finishes requests that were begun.</summary>
    public async Task DrainAsync()
    {
        using var patience = Core.DrainTime();
        await Core.DrainAsync(patience.Token);
        // Kestrel waits for connections that are still in their handshake, until the same deadline.
        await _host.StopAsync(patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await _host.DisposeAsync();
        if (_ops is not null) await _ops.DisposeAsync();
        Core.Dispose();
    }

    /// <summary>
    /// Loads those parts of the program that the first requests would load. Each is a file that is opened, and if one cannot be loaded when it is
    /// first needed, it is not tried again: the port would be dead until the next start.
    /// </summary>
    private static void LoadForRequests()
    {
        foreach (var part in (Type[])[typeof(IHttpRequestFeature), typeof(ReasonPhrases), typeof(WebSocket)]) RuntimeHelpers.RunClassConstructor(part.TypeHandle);
    }

    private static WebApplication Host(RoomWsOptions options, TlsCertificate? certificate, ServerCore core, PlaceBudget places, ILoggerFactory loggers)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.WebHost.UseKestrelCore().UseSockets(sockets => (sockets.Backlog, sockets.CreateBoundListenSocket) = (ListenBacklog, core.Queue.Open));
        // After UseKestrelCore, which registers Kestrel's own factory: the last registration wins.
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, TrimmedMemoryPool>();
        builder.Services.AddSingleton<IConnectionListenerFactory>(services => new BoundedTransport(
            ActivatorUtilities.CreateInstance<SocketTransportFactory>(services),
            places.Open,
            remote => core.Listener.CutOff(remote, places.Open().Refusal),
            core.Coming));
        if (certificate is not null) builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ListenOn(options.Host, options.Port, Configure);
        });
        return builder.Build();

        void Configure(ListenOptions endpoint)
        {
            if (certificate is not null) endpoint.UseHttps(certificate.Handshake);
            endpoint.Run(core.Listener.OnConnectedAsync);
        }
    }

    private static string UrlOf(RoomWsOptions options, WebApplication host)
    {
        var bound = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var scheme = options.TlsCertificateFile is null ? "ws" : "wss";
        return new UriBuilder(bound) { Scheme = scheme, Path = options.Path }.Uri.ToString();
    }
}
