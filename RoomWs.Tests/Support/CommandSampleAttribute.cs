using System.Diagnostics.CodeAnalysis;

namespace RoomWs.Tests.Support;

/// <summary>
/// A request that is right, on the fixture of its command; suites that need one of every command take it from here. Names of what is there when it is sent
/// are places: see <see cref="CommandSample"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
internal sealed class CommandSampleAttribute([StringSyntax(StringSyntaxAttribute.Json)] string json) : Attribute
{
    public string Json => json;
}
