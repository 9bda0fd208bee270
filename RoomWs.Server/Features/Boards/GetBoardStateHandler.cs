using RoomWs.Protocol.Boards;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Features.Boards;

/// <summary>ROOM_BOARD_STATE: what is on a board, page by page.</summary>
internal sealed class GetBoardStateHandler : IRoomQueryHandler<GetBoardState>
{
    /// <summary>What one page holds: so many updates, and no more once they come to so many characters.</summary>
    private const int PageUpdates = 500;
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

            // A compaction between the two statements would leave a gap behind the snapshot that was read; then both are read again.
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
