namespace RoomWs.Server.Model;

/// <summary>
/// How far one socket was sent the boards that it works on, so that a member cannot compact what it has not seen. Of many boards it knows the last ones
/// only; a client that comes back to another reads it again. May be used from any thread; its lock is held for a few instructions.
/// </summary>
internal sealed class SeenBoards
{
    private const int MaxBoards = 100;

    private readonly record struct Seen(string RoomId, string Epoch, long Seq);

    private readonly Lock _gate = new();

    /// <summary>The boards, the one that was last sent of at the end. Null while there is none, as on most sockets.</summary>
    private List<Seen>? _boards;

    /// <summary>Notes what a message says that was sent.</summary>
    public void Take(BoardMark mark)
    {
        if (mark.Kind == BoardMarkKind.RoomGone) ForgetRoom(mark.RoomId);
        else if (mark.Kind == BoardMarkKind.BoardGone) Forget(mark.Epoch!);
        else See(mark.RoomId, mark.Epoch!, mark.First, mark.Last);
    }

    /// <summary>Notes that updates of a board were sent. They count only if none is missing between them and those that were sent before.</summary>
    /// <param name="roomId">The board's room.</param>
    /// <param name="epoch">The board's epoch, which no other board has.</param>
    /// <param name="first">The first update that was sent. 1 where a snapshot stands for those from the beginning.</param>
    /// <param name="last">The last update that was sent, or that a snapshot stands for.</param>
    public void See(string roomId, string epoch, long first, long last)
    {
        lock (_gate)
        {
            var at = IndexLocked(epoch);
            var seq = at >= 0 ? _boards![at].Seq : 0;
            if (first > seq + 1) return;

            seq = Math.Max(seq, last);
            _boards ??= [];
            if (at >= 0)
            {
                _boards.RemoveAt(at);
            }
            else if (_boards.Count == MaxBoards)
            {
                _boards.RemoveAt(0);
            }

            _boards.Add(new Seen(roomId, epoch, seq));
        }
    }

    /// <summary>The last update of a board up to which all were sent. 0 if none was, or that is no longer known.</summary>
    public long SeqOf(string epoch)
    {
        lock (_gate) return IndexLocked(epoch) is >= 0 and var at ? _boards![at].Seq : 0;
    }

    /// <summary>The board is gone.</summary>
    public void Forget(string epoch)
    {
        lock (_gate) _boards?.RemoveAll(seen => seen.Epoch == epoch);
    }

    /// <summary>The room is gone, or the user is no longer in it.</summary>
    public void ForgetRoom(string roomId)
    {
        lock (_gate) _boards?.RemoveAll(seen => seen.RoomId == roomId);
    }

    /// <summary>From the end, because the board that is drawn on is there.</summary>
    private int IndexLocked(string epoch) => _boards?.FindLastIndex(seen => seen.Epoch == epoch) ?? -1;
}
