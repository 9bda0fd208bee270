using FluentAssertions;
using NUnit.Framework;
using RoomWs.Server.Model;

namespace RoomWs.Tests.Model;

internal sealed class IdsTests
{
    [Test]
    public void Ids_sort_by_the_time_that_they_were_made_at()
    {
        long[] times = [0, 1, 31, 32, 1_023, 1_024, 1_700_000_000_000, 1_700_000_000_001, 1_893_456_000_000, (1L << 50) - 1];
        string[] ids = [.. times.Select(Ids.New)];

        ids.Should().Equal(ids.Order(StringComparer.Ordinal));
        ids.Select(id => id[..10]).Should().OnlyHaveUniqueItems();
    }

    [Test]
    public void Ids_of_one_time_begin_alike_and_are_unique_by_their_end()
    {
        string[] ids = [.. Enumerable.Range(0, 10_000).Select(_ => Ids.New(1_700_000_000_000))];

        ids.Select(id => id[..10]).Distinct(StringComparer.Ordinal).Should().ContainSingle();
        ids.Should().OnlyHaveUniqueItems();
    }

    [Test]
    public void An_id_has_26_characters_none_of_which_is_taken_for_another()
    {
        string[] ids = [.. Enumerable.Range(0, 1_000).Select(i => Ids.New(1_700_000_000_000 + i))];

        ids.Should().AllSatisfy(id => id.Should().MatchRegex("^[0-9A-HJKMNP-TV-Z]{26}$"));
        ids.SelectMany(id => id[10..]).Distinct().Should().HaveCount(32, "each character is used");
        Ids.NewRoomId(0).Should().MatchRegex("^room_0{10}[0-9A-HJKMNP-TV-Z]{16}$");
    }

    [Test]
    public void Codes_and_log_ids_are_their_own_each_time()
    {
        string[] codes = [.. Enumerable.Range(0, 1_000).Select(_ => InviteCodes.New())];
        codes.Should().OnlyHaveUniqueItems().And.AllSatisfy(code => code.Should().MatchRegex("^[0-9A-HJKMNP-TV-Z]{20}$"));

        string[] logIds = [.. Enumerable.Range(0, 1_000).Select(_ => Ids.NewLogId())];
        logIds.Should().OnlyHaveUniqueItems().And.AllSatisfy(logId => logId.Should().MatchRegex("^[0-9a-f]{12}$"));
    }

    [Test]
    public void What_is_stored_of_a_code_is_the_same_each_time_and_not_the_code()
    {
        InviteCodes.Hash("ABC").Should().Equal(InviteCodes.Hash("ABC")).And.NotEqual(InviteCodes.Hash("ABD"));
        InviteCodes.Hash("ABC").Should().HaveCount(32);
    }
}
