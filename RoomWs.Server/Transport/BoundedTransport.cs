using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace RoomWs.Server.Transport;

/// <summary>
/// Bounds the sockets that Kestrel accepts. Kestrel's own limit counts after it has accepted, and where the process may open no more files, its
/// listener tries again at once and for ever. So the bound has to be below that, and here.
/// </summary>
/// <param name="sockets">What accepts.</param>
/// <param name="places">The places, asked for when all else is open that a server has open.</param>
/// <param name="cutOff">Told the address of each client that was cut off without a word.</param>
/// <param name="coming">Notes each client that has a place. It is among the connection's features then. Null where nobody waits for clients.</param>
internal sealed class BoundedTransport(IConnectionListenerFactory sockets, Func<Places> places, Action<EndPoint?> cutOff, ComingClients? coming) : IConnectionListenerFactory
{
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var bound = places();
        return new Listener(await sockets.BindAsync(endpoint, cancellationToken), bound, cutOff, coming);
    }

    private sealed class Listener(IConnectionListener inner, Places places, Action<EndPoint?> cutOff, ComingClients? coming) : IConnectionListener
    {
        public EndPoint EndPoint => inner.EndPoint;

        /// <summary>
        /// Accepts the next client that has a place. One without is taken out of the kernel's queue all the same: there it would wait in vain, and
        /// keep others waiting behind it.
        /// </summary>
        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (await inner.AcceptAsync(cancellationToken) is { } accepted)
            {
                if (places.TryTake(out var isSurplus)) return new PlacedConnection(accepted, places, isSurplus, isSurplus ? null : coming?.Begin());
                cutOff(accepted.RemoteEndPoint);
                accepted.Abort(new ConnectionAbortedException(places.Refusal.Reason));
                // Its socket has to be closed before the next is accepted: there may be no file for both.
                await accepted.DisposeAsync();
            }

            return null;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => inner.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    /// <summary>
    /// A connection that has a place until its socket is closed. One of the surplus has the refusal among its features; it is told in the answer
    /// to its upgrade. One of the others is noted as coming: its user may have been here a moment ago.
    /// </summary>
    private sealed class PlacedConnection : ConnectionContext
    {
        private readonly ConnectionContext _inner;
        private readonly Places _places;
        private readonly bool _isSurplus;
        private readonly ComingClients.Client? _client;
        private int _isOver;

        public PlacedConnection(ConnectionContext inner, Places places, bool isSurplus, ComingClients.Client? client)
        {
            (_inner, _places, _isSurplus, _client) = (inner, places, isSurplus, client);
            if (client is not null) inner.Features.Set(client);
            if (isSurplus) inner.Features.Set(places.Refusal);
        }

        public override string ConnectionId
        {
            get => _inner.ConnectionId;
            set => _inner.ConnectionId = value;
        }

        public override IFeatureCollection Features => _inner.Features;

        public override IDictionary<object, object?> Items
        {
            get => _inner.Items;
            set => _inner.Items = value;
        }

        public override IDuplexPipe Transport
        {
            get => _inner.Transport;
            set => _inner.Transport = value;
        }

        public override CancellationToken ConnectionClosed
        {
            get => _inner.ConnectionClosed;
            set => _inner.ConnectionClosed = value;
        }

        public override EndPoint? LocalEndPoint
        {
            get => _inner.LocalEndPoint;
            set => _inner.LocalEndPoint = value;
        }

        public override EndPoint? RemoteEndPoint
        {
            get => _inner.RemoteEndPoint;
            set => _inner.RemoteEndPoint = value;
        }

        public override void Abort() => _inner.Abort();

        public override void Abort(ConnectionAbortedException abortReason) => _inner.Abort(abortReason);

        public override async ValueTask DisposeAsync()
        {
            try
            {
                await _inner.DisposeAsync();
                await base.DisposeAsync();
            }
            finally
            {
                _client?.End();
                if (Interlocked.Exchange(ref _isOver, 1) == 0) _places.GiveBack(_isSurplus);
            }
        }
    }
}
