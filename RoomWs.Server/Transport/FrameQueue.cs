using System.Buffers;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Transport;

/// <summary>
/// A message that waits for one connection: a frame that is made, or a message that gives way to a newer one of the same coalesce key. One
/// that was taken out leaves an empty place.
/// </summary>
/// <param name="Frame">The frame; null where it is made when it is sent.</param>
/// <param name="Message">The message that makes the frame.</param>
/// <param name="CoalesceKey">What a newer message has to have in common with it to take its place; null for none.</param>
/// <param name="Bytes">How long it is, or about.</param>
internal readonly record struct Waiting(byte[]? Frame, DeferredFrame? Message, object? CoalesceKey, int Bytes)
{
    public bool IsEmpty => Bytes == 0;

    public Waiting After(DeferredFrame older)
    {
        var both = Message!.After(older);
        return ReferenceEquals(both, Message) ? this : this with { Message = both, Bytes = both.EventBytes };
    }

    /// <summary>The frame; of an empty place, none.</summary>
    public byte[] ToFrame() => Frame ?? Message?.Event ?? [];
}

/// <summary>Messages in order. Borrows its array from the pool while it has any, so that a connection with nothing to send holds none.</summary>
internal struct FrameQueue
{
    private const int FirstCapacity = 16;

    /// <summary>
    /// What a waiting message takes beside its bytes: its place here and its array. Without it a queue of the smallest frames, such as the
    /// pongs of who pings and does not read, would take many times what its bound says.
    /// </summary>
    private const int PlaceBytes = 64;

    private Waiting[]? _places;

    public int Count { get; private set; }

    /// <summary>The memory that the messages take, or about.</summary>
    public long Bytes { get; private set; }

    public void Add(Waiting message)
    {
        if (message.CoalesceKey is { } key && TakeOut(key) is { } older) message = message.After(older);

        _places ??= ArrayPool<Waiting>.Shared.Rent(FirstCapacity);
        if (Count == _places.Length)
        {
            var larger = ArrayPool<Waiting>.Shared.Rent(2 * Count);
            _places.CopyTo(larger, 0);
            GiveBack(_places);
            _places = larger;
        }

        _places[Count++] = message;
        Bytes += message.Bytes + PlaceBytes;
    }

    /// <summary>Takes all messages out; the array is to be given back.</summary>
    public (Waiting[] Messages, int Count) TakeAll()
    {
        var taken = (_places ?? [], Count);
        (_places, Count, Bytes) = (null, 0, 0);
        return taken;
    }

    public void Drop()
    {
        if (Count > 0) GiveBack(TakeAll().Messages);
    }

    public static void GiveBack(Waiting[] messages) => ArrayPool<Waiting>.Shared.Return(messages, clearArray: true);

    /// <summary>Takes out the message of this key, if one waits.</summary>
    private DeferredFrame? TakeOut(object key)
    {
        for (var i = Count - 1; i >= 0; i--)
        {
            if (!ReferenceEquals(_places![i].CoalesceKey, key)) continue;
            var older = _places[i];
            Bytes -= older.Bytes + PlaceBytes;
            // Never the last place: whatever empties one is itself added behind it.
            _places[i] = default;
            return older.Message;
        }

        return null;
    }
}
