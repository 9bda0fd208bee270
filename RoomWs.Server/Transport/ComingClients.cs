using System.Runtime.InteropServices;

namespace RoomWs.Server.Transport;

/// <summary>
/// The clients that have come and whose user is not known yet: those in the kernel's queue, in their handshake, or about to say HELLO. When many come back at once, that
/// takes a while, and nobody of them is to be taken for gone meanwhile. May be used from any thread.
/// </summary>
/// <param name="queued">How many wait in the kernel to be accepted.</param>
/// <param name="time">The server's clock.</param>
internal sealed class ComingClients(Func<int> queued, TimeProvider time)
{
    /// <summary>How long a client is waited for. Whoever takes longer is not on its way, but holds a socket.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();

    /// <summary>In the order in which they were accepted.</summary>
    private readonly LinkedList<Client> _underWay = [];

    private long _accepted;

    /// <summary>A moment, by the clients that had come by then.</summary>
    /// <param name="Number">The number of the last of them.</param>
    /// <param name="At">When that was, as a timestamp of the server's clock.</param>
    [StructLayout(LayoutKind.Auto)]
    public readonly record struct Moment(long Number, long At);

    /// <summary>A client is accepted.</summary>
    public Client Begin()
    {
        lock (_gate)
        {
            var client = new Client(this, ++_accepted, time.GetTimestamp());
            _underWay.AddLast(client.Place);
            return client;
        }
    }

    /// <summary>This moment.</summary>
    public Moment Now()
    {
        lock (_gate) return new Moment(_accepted + queued(), time.GetTimestamp());
    }

    /// <summary>Whether nobody is waited for any more of those who had come by a moment.</summary>
    public bool AreOver(Moment moment)
    {
        lock (_gate)
        {
            // Of those that were in the kernel's queue, some may never get a number.
            if (HasTakenLong(moment.At)) return true;
            while (_underWay.First is { Value: var first } && HasTakenLong(first.At)) _underWay.RemoveFirst();
            return _accepted >= moment.Number && !(_underWay.First?.Value.Number <= moment.Number);
        }
    }

    private void End(Client client)
    {
        lock (_gate)
        {
            if (client.Place.List is not null) _underWay.Remove(client.Place);
        }
    }

    private bool HasTakenLong(long since) => time.GetElapsedTime(since) >= Patience;

    /// <summary>A client that was accepted, until its user is known or it has left.</summary>
    public sealed class Client
    {
        private readonly ComingClients _all;

        /// <summary>Creates it; <see cref="Begin"/> puts it among the others.</summary>
        public Client(ComingClients all, long number, long at)
        {
            (_all, Number, At) = (all, number, at);
            Place = new LinkedListNode<Client>(this);
        }

        /// <summary>Counts those that were accepted.</summary>
        public long Number { get; }

        /// <summary>When it was accepted, as a timestamp of the server's clock.</summary>
        public long At { get; }

        /// <summary>Its place among the others, under their gate.</summary>
        public LinkedListNode<Client> Place { get; }

        /// <summary>Its user is known, or it has left. May be called more than once, from any thread.</summary>
        public void End() => _all.End(this);
    }
}
