using System.Buffers;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Transport;

/// <summary>
/// A message that waits for one connection: a finished frame, or a message that a newer one with the same coalesce key replaces. A message that
/// was taken out leaves an empty place.
/// </summary>
/// <param name="Frame">The frame. Without a head if it is made when it is sent.</param>
/// <param name="Message">The message that makes the frame. Null if there is a frame.</param>
/// <param name="CoalesceKey">A newer message with the same key replaces this one. Null for none.</param>
/// <param name="Bytes">The length of the frame, or an estimate.</param>
internal readonly record struct Waiting(OutboundFrame Frame, DeferredFrame? Message, object? CoalesceKey, int Bytes)
{
    public bool IsEmpty => Bytes == 0;

    public static Waiting Of(OutboundFrame frame) => new(frame, null, null, frame.Length);

    public Waiting After(DeferredFrame older)
    {
        var both = Message!.After(older);
        return ReferenceEquals(both, Message) ? this : this with { Message = both, Bytes = both.EventBytes };
    }

    /// <summary>The frame. Empty for an empty place.</summary>
    public OutboundFrame ToFrame() => Frame.Head is null ? Message?.Event ?? [] : Frame;
}

/// <summary>
/// Messages in order. Rents its array from the pool only while it has messages, so that a connection with nothing to send holds no array.
/// Under the outbox gate.
/// </summary>
internal struct FrameQueue
{
    private const int FirstCapacity = 16;

    /// <summary>
    /// The memory that a waiting message takes beside its bytes: its place here and its array object. Without it, a queue of tiny frames, such as
    /// the pongs for a client that pings and does not read, would take many times the memory that its limit allows.
    /// </summary>
    private const int PlaceBytes = 64;

    private Waiting[]? _places;
    private int _emptyPlaces;

    public int Count { get; private set; }

    /// <summary>The approximate memory that the messages take.</summary>
    public long Bytes { get; private set; }

    public void Add(Waiting message)
    {
        if (message.CoalesceKey is { } key && TakeOut(key) is { } older) message = message.After(older);

        _places ??= ArrayPool<Waiting>.Shared.Rent(FirstCapacity);
        if (Count == _places.Length) MakePlace(_places);
        _places[Count++] = message;
        Bytes += message.Bytes + PlaceBytes;
    }

    /// <summary>Takes all messages out. The caller must return the array with <see cref="GiveBack"/>.</summary>
    public (Waiting[] Messages, int Count) TakeAll()
    {
        var taken = (_places ?? [], Count);
        (_places, Count, _emptyPlaces, Bytes) = (null, 0, 0, 0);
        return taken;
    }

    public void Drop()
    {
        if (Count > 0) GiveBack(TakeAll().Messages);
    }

    public static void GiveBack(Waiting[] messages) => ArrayPool<Waiting>.Shared.Return(messages, clearArray: true);

    /// <summary>Closes the empty places if they are many, so that a message that is replaced again and again does not make the queue grow; else takes a larger array.</summary>
    private void MakePlace(Waiting[] places)
    {
        var kept = _emptyPlaces >= Count / 2 ? places : ArrayPool<Waiting>.Shared.Rent(2 * Count);
        var next = 0;
        for (var i = 0; i < Count; i++)
        {
            if (!places[i].IsEmpty) kept[next++] = places[i];
        }

        if (ReferenceEquals(kept, places)) Array.Clear(places, next, Count - next);
        else GiveBack(places);
        (_places, Count, _emptyPlaces) = (kept, next, 0);
    }

    /// <summary>Takes out the message with this key. Null if none waits.</summary>
    private DeferredFrame? TakeOut(object key)
    {
        for (var i = Count - 1; i >= 0; i--)
        {
            if (!ReferenceEquals(_places![i].CoalesceKey, key)) continue;
            var older = _places[i];
            Bytes -= older.Bytes + PlaceBytes;
            // The last place is never empty: the message that this one makes way for is added after it.
            _places[i] = default;
            _emptyPlaces++;
            return older.Message;
        }

        return null;
    }
}
