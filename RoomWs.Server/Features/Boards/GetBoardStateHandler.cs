using RoomWs.Protocol.Boards;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.Boards;

/// <summary>ROOM_BOARD_STATE: returns a board's snapshot and updates, one page at a time.</summary>
internal sealed class GetBoardStateHandler : IRoomQueryHandler<GetBoardState>
{
    /// <summary>Maximum number of updates in one page.</summary>
    private const int PageUpdates = 500;

    /// <summary>Maximum number of payload characters in one page. The first update is always in it, or paging would not advance.</summary>
    private const int PageCharacters = 131_072;

    public ErrorReply? Validate(GetBoardState command, Caller caller) => command.AfterSeq < 0
        ? FieldRules.Invalid($"afterSeq must be 0 or more; it is {command.AfterSeq}.")
        : FieldRules.RoomId(command.RoomId) ?? FieldRules.BoardId(command.BoardId);

    public Outcome Handle(GetBoardState command, Caller caller, RoomSnapshot room, IReads reads)
    {
        return reads.Read(read => State(command, read)) is { } state ? Outcome.Answer(state) : BoardErrors.NotFound;
    }

    private static BoardStateResponse? State(GetBoardState command, Repositories read)
    {
        while (read.Boards.Find(command.RoomId, command.BoardId) is { } board)
        {
            var snapshot = board.SnapshotPayload is { } payload && !(command.AfterSeq >= board.SnapshotSeq) ? new BoardSnapshot(board.SnapshotSeq, payload) : null;
            var after = snapshot?.Seq ?? command.AfterSeq ?? 0;
            var (page, hasMore) = Page(read.Boards.Updates(command.RoomId, command.BoardId, after, PageUpdates + 1));

            // If a board snapshot was stored between the two statements, the updates no longer continue the snapshot that was read. Read both again.
            if (page.Count > 0 ? page[0].Seq != after + 1 : after < board.Seq) continue;
            return new BoardStateResponse(command.RoomId, command.BoardId, snapshot, page, hasMore);
        }

        return null;
    }

    private static (List<BoardUpdate> Page, bool HasMore) Page(IEnumerable<BoardUpdate> updates)
    {
        var page = new List<BoardUpdate>();
        var characters = 0;
        foreach (var update in updates)
        {
            characters += update.Payload.Length;
            if (page.Count == PageUpdates || (page.Count > 0 && characters > PageCharacters)) return (page, true);
            page.Add(update);
        }

        return (page, false);
    }
}
