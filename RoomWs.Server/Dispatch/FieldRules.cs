using System.Buffers;
using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Configuration;
using RoomWs.Server.Identity;

namespace RoomWs.Server.Dispatch;

/// <summary>The rules for single fields. Each rule returns null, or the refusal that names the field and its limit. May be used from any thread.</summary>
internal sealed class FieldRules(LimitOptions limits)
{
    public const int MaxIdLength = ProfileRules.UserIdLength;

    private static readonly SearchValues<char> RoomIdCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-");

    private static readonly SearchValues<char> SlugCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    public static ErrorReply? RoomId(string? value) => value is null || IsRoomId(value)
        ? null
        : Invalid($"roomId must be 1-{MaxIdLength} characters of A-Z a-z 0-9 _ . : -");

    /// <summary>A request names its room by exactly one of the two.</summary>
    public static ErrorReply? RoomIdOrSlug(string? roomId, string? slug) => (roomId, slug) switch
    {
        (null, null) => Invalid("roomId or slug is missing; one of them names the room."),
        (not null, not null) => Invalid("roomId and slug must not both be there; one of them names the room."),
        _ => RoomId(roomId) ?? Slug(slug),
    };

    public static ErrorReply? UserId(string field, string? value) => ProfileRules.IsUserId(value)
        ? null
        : Invalid($"{field} must be {ProfileRules.UserIdRule}.");

    public ErrorReply? UserIds(string field, IReadOnlyList<string> values)
    {
        if (values.Count > limits.UserIdsPerRequest) return Invalid($"{field} must have at most {limits.UserIdsPerRequest} user ids; it has {values.Count}.");
        for (var i = 0; i < values.Count; i++)
        {
            if (UserId($"{field}[{i}]", values[i]) is { } fault) return fault;
        }

        return null;
    }

    public ErrorReply? Name(string field, string? value) => value switch
    {
        null => null,
        _ when string.IsNullOrWhiteSpace(value) => Invalid($"{field} must not be empty."),
        _ when Characters.IsBlank(value) => Invalid($"{field} must hold a character that can be seen."),
        _ when ProfileRules.Length(value) > limits.NameLength => Invalid($"{field} must be at most {limits.NameLength} characters; it is {ProfileRules.Length(value)}."),
        _ when Characters.HasLayout(value) => Invalid($"{field} must not hold {ProfileRules.NoLayout}."),
        _ => null,
    };

    public ErrorReply? ThumbnailUrl(string field, string? value)
    {
        if (value is null) return null;
        if (value.Length > limits.ThumbnailUrlLength) return Invalid($"{field} must be at most {limits.ThumbnailUrlLength} characters; it is {value.Length}.");
        return ProfileRules.IsHttpUrl(value) ? null : Invalid($"{field} must be an absolute http or https URL.");
    }

    public static ErrorReply? Slug(string? value) => value is null || (value.Length is >= 3 and <= 64 && !value.AsSpan().ContainsAnyExcept(SlugCharacters))
        ? null
        : Invalid("slug must be 3-64 characters of a-z 0-9 -");

    public static ErrorReply? BoardId(string? value) => value is null || IsRoomId(value)
        ? null
        : Invalid($"boardId must be 1-{MaxIdLength} characters of A-Z a-z 0-9 _ . : -");

    public ErrorReply? Content(string value) => ProfileRules.Length(value) is var length && length >= 1 && length <= limits.ContentLength
        ? null
        : Invalid($"content must be 1-{limits.ContentLength} characters; it is {length}.");

    /// <summary>A short text of the client's own, which the server keeps and does not interpret.</summary>
    public static ErrorReply? Label(string field, string? value, int maxLength) =>
        value is null || (value.Length >= 1 && value.Length <= maxLength && !value.Any(char.IsControl))
            ? null
            : Invalid($"{field} must be 1-{maxLength} characters without control characters.");

    public static ErrorReply Invalid(string message) => new(ErrorCode.ValidationError, message);

    public static bool IsRoomId(string value) => value.Length is > 0 and <= MaxIdLength && !value.AsSpan().ContainsAnyExcept(RoomIdCharacters);
}
