using RoomWs.Server.Configuration;

namespace RoomWs.Server.Identity;

/// <summary>The identity in development mode, without any proof: <c>?user=alice&amp;name=Alice</c>, or <c>HELLO.userId</c>.</summary>
internal static class DevelopmentIdentity
{
    public static TokenResult Read(string? userId, string? username, LimitOptions limits)
    {
        if (!ProfileRules.IsUserId(userId))
            return TokenResult.Refused($"The user id must have {ProfileRules.UserIdRule}");

        var shown = ProfileRules.IsUsername(username, limits) ? username : userId;
        return TokenResult.Accepted(new UserIdentity(userId, shown, ThumbnailUrl: null, IsAdmin: false, ExpiresAt: null));
    }
}
