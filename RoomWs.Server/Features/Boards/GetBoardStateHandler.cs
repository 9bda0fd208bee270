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

    public Outcome Handle(GetBoardState command, Caller caller, RoomSnapshot room, IReads reads) => reads.Read(read => State(command, caller, read));

    private static Outcome State(GetBoardState command, Caller caller, Repositories read)
    {
        if (command.Previous && RoomPermissions.Refuse(read.Members.Role(command.RoomId, caller.UserId), RoomAction.ManageBoards) is { } refusal) return refusal;
        if (read.Boards.Find(command.RoomId, command.BoardId) is not { } board) return BoardErrors.NotFound;
        if (command.Previous && board.PreviousSnapshot is null) return BoardErrors.NoPrevious;

        var isReset = (command.Epoch ?? board.Epoch) != board.Epoch || command.AfterSeq > board.Seq;
        var known = isReset ? null : command.AfterSeq;
        var snapshot = command.Previous ? board.PreviousSnapshot : board.Snapshot;
        if (known >= snapshot?.Seq) snapshot = null;
        var after = snapshot?.Seq ?? known ?? 0;
        var (page, hasMore) = Page(read.Boards.Updates(board.Number, after, PageUpdates + 1));

        // That a client says it has the updates before afterSeq does not make them seen.
        var (first, last) = (snapshot is null ? after + 1 : 1, page.Count > 0 ? page[^1].Seq : after);
        return new Outcome.Answered(new BoardStateResponse(command.RoomId, command.BoardId, board.Epoch, snapshot, page, hasMore, isReset))
        {
            Mark = BoardMark.Seen(command.RoomId, board.Epoch, first, last),
        };
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
