using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RoomWs.Server.Configuration;
using RoomWs.Server.Transport;
using RoomWs.Server.Watching;

namespace RoomWs.Server;

/// <summary>A running server: everything put together, from the socket to the file.</summary>
internal sealed class RoomWsServer : IAsyncDisposable
{
    /// <summary>More than a thousand clients may come back at the same moment; those that find the queue full wait a second for a retry.</summary>
    private const int ListenBacklog = 4_096;

    private readonly WebApplication _host;

    private readonly OpsEndpoint? _ops;

    private RoomWsServer(WebApplication host, OpsEndpoint? ops, Core core, string url) => (_host, _ops, Core, Url) = (host, ops, core, url);

    /// <summary>Where clients connect, such as ws://127.0.0.1:8080/ws.</summary>
    public string Url { get; }

    /// <summary>Where operators ask; null where OpsPort is not set.</summary>
    public string? OpsUrl => _ops?.Url;

    public Core Core { get; }

    /// <summary>Opens the database and listens; clients can connect when this is done.</summary>
    /// <exception cref="StartupException">The database or OpsPort cannot be used; the message says why and what to do.</exception>
    public static async Task<RoomWsServer> StartAsync(RoomWsOptions options, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var core = Core.Open(options, time, loggers);
        OpsEndpoint? ops = null;
        try
        {
            // Before the port for clients, which is the sign that all is up.
            if (options.OpsPort is { } port) ops = await OpsEndpoint.StartAsync(options.OpsHost, port, core.Health, loggers, cancellationToken);
            var host = Host(options, core.Listener, loggers);
            await host.StartAsync(cancellationToken);
            return new RoomWsServer(host, ops, core, UrlOf(options, host));
        }
        catch
        {
            if (ops is not null) await ops.DisposeAsync();
            core.Dispose();
            throw;
        }
    }

    /// <summary>Shuts down in good order: no new connections, a word to each client, what was begun finished, within DrainSeconds.</summary>
    public async Task DrainAsync()
    {
        await Core.DrainAsync();
        await _host.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await _host.DisposeAsync();
        if (_ops is not null) await _ops.DisposeAsync();
        Core.Dispose();
    }

    private static WebApplication Host(RoomWsOptions options, Listener listener, ILoggerFactory loggers)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.WebHost.UseKestrelCore().UseSockets(sockets => sockets.Backlog = ListenBacklog);
        // Behind Kestrel's own, for the last one counts.
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, TrimmedMemoryPool>();
        if (options.TlsCertificateFile is not null) builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ListenOn(options.Host, options.Port, Configure);
        });
        return builder.Build();

        void Configure(ListenOptions endpoint)
        {
            if (options.TlsCertificateFile is { } certificate)
            {
                endpoint.UseHttps(X509Certificate2.CreateFromPemFile(certificate, options.TlsKeyFile));
            }

            endpoint.Run(listener.OnConnectedAsync);
        }
    }

    private static string UrlOf(RoomWsOptions options, WebApplication host)
    {
        var bound = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var scheme = options.TlsCertificateFile is null ? "ws" : "wss";
        return new UriBuilder(bound) { Scheme = scheme, Path = options.Path }.Uri.ToString();
    }
}
